"""An import stores what the single intake would have stored, column by column, once, and all or nothing."""

import threading
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.hazard_import import MAX_ID, HazardRow, import_hazards
from app.actions.imports import Outcome
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.db import Databases
from app.domain import references
from app.domain.errors import NotPermitted
from app.domain.hazard import Channel
from app.domain.permissions import ANONYMOUS, SYSTEM
from app.models import Hazard, Place
from tests.actions.town import BETWEEN, BORDER, CORNER, FAR, INSIDE, JUST_OUTSIDE, POLICY, Town
from tests.jobs.kit import NAMES, NOW

NEAR_A_STREET, NEAR_A_SCHOOL = Point(76.8502, 43.26), Point(76.93, 43.281)
PLACES: list[BaseGeometry] = [
    *INSIDE.values(),
    BORDER,
    CORNER,
    JUST_OUTSIDE,
    FAR,
    NEAR_A_STREET,
    NEAR_A_SCHOOL,
    Point(76.89, 43.21, 812.0),
    BETWEEN,
    box(76.87, 43.22, 76.94, 43.24),
]
TYPES = ("MANHOLE_OPEN", "OTHER", "PLAYGROUND_BROKEN", "WIRE_DOWN", "WATER_UNGUARDED", "SUSPICIOUS_OBJECT")
OWN = {"id", "hazard_id", "reference", "external_source", "client_id", "receipt_hash"}
_ROWS = """
SELECT h.external_id, to_jsonb(t) AS columns FROM {} t JOIN hazard h ON h.id = t.{}
 WHERE h.external_source = :source ORDER BY h.external_id, t.id
"""


def stored(session: Session, source: str) -> dict[str, list[Any]]:
    """All columns that matter of all four tables, by table."""
    found = {}
    for table, key in (("hazard", "id"), ("assignment", "hazard_id"), ("report", "hazard_id"), ("event", "hazard_id")):
        rows = session.execute(text(_ROWS.format(table, key)), {"source": source})
        found[table] = [
            (row.external_id, {name: value for name, value in row.columns.items() if name not in OWN}) for row in rows
        ]
    return found


def bring(session: Session, rows: list[HazardRow], source: str = "old") -> Outcome:
    outcome = Outcome()
    import_hazards(session, by=SYSTEM, rows=rows, source=source, policy=POLICY, now=NOW, outcome=outcome)
    return outcome


@pytest.fixture
def town(session: Session) -> Town:
    made = Town(session)
    shapes = {"street": LineString([(76.84, 43.2601), (76.86, 43.2601)]), "school": Point(76.93, 43.28)}
    for kind, shape in shapes.items():
        session.add(Place(source="t", external_id=kind, kind=kind, search_key=kind, geom=shape, **NAMES))
    session.flush()
    return made


def test_an_import_stores_what_the_single_intake_stores(town: Town) -> None:
    session = town.session
    known = set(session.scalars(text("SELECT code FROM hazard_type WHERE reportable")))
    kinds = [*(kind for kind in TYPES if kind in known), *sorted(known - set(TYPES))[::6]]
    rows = [
        HazardRow(n, f"{n:03}", kind, place, "Жол\tшұңқыры\u202e ", "ru")
        for n, (kind, place) in enumerate((kind, place) for kind in kinds for place in PLACES)
    ]
    for row in rows:
        submission = Submission(
            uuid4(),
            row.hazard_type,
            row.geometry,
            row.text,
            row.language,
            Channel.IMPORT,
            by=SYSTEM,
            external=("single", row.external_id),
        )
        report_hazard(session, submission=submission, policy=POLICY, now=NOW)
    assert bring(session, rows).counts["new"] == len(rows)
    single, bulk = stored(session, "single"), stored(session, "old")
    assert {table: len(found) for table, found in single.items()} == {t: len(found) for t, found in bulk.items()}
    for table, found in single.items():
        for one, other in zip(found, bulk[table], strict=True):
            assert one == other, table
    bases = {columns["basis"] for _, columns in bulk["hazard"]}
    assert {None, "nearest", "by_area", "by_rule", "default_triage"} <= bases
    reasons = {part["reason"] for _, columns in bulk["hazard"] for part in columns["severity_why"]}
    assert "near_children" in reasons
    moved = [c for _, c in bulk["hazard"] if c["public_place"] != c["label"]]
    assert moved


def test_each_change_of_the_map_is_noted(town: Town) -> None:
    session = town.session
    before = session.scalar(text("SELECT coalesce(sum(delta), 0) FROM public_data.map_change"))
    bring(session, [HazardRow(n, str(n), "MANHOLE_OPEN", INSIDE["west"]) for n in range(7)])
    assert session.scalar(text("SELECT sum(delta) FROM public_data.map_change")) == before + 7


def test_rows_are_refused_by_line_and_the_others_stored(town: Town) -> None:
    at = INSIDE["west"]
    rows = [
        HazardRow(1, "1", "NOPE", at),
        HazardRow(2, "2", "CHILD_IN_DANGER", at),
        HazardRow(3, "3", "OTHER", Point(float("nan"), 1)),
        HazardRow(4, "4", "OTHER", Point(200, 1)),
        HazardRow(5, "5", "OTHER", at, "x" * 4001),
        HazardRow(6, "x" * (MAX_ID + 1), "OTHER", at),
        HazardRow(7, "7", "OTHER", Point()),
        HazardRow(8, "8", "OTHER", LineString([(76.85, 43.25), (76.85, 43.25)])),
        HazardRow(9, "9", "OTHER", at),
        HazardRow(10, "9", "OTHER", at),
    ]
    outcome = bring(town.session, rows)
    assert {refusal.line: refusal.reason for refusal in outcome.refused} == {
        1: "unknown_hazard_type",
        2: "not_reportable",
        3: "bad_coordinates",
        4: "out_of_bounds",
        5: "text_too_long",
        6: "its id is too long",
        7: "bad_geometry",
        8: "bad_geometry",
    }
    assert outcome.counts == Counter({"new": 1, "already there": 1})


def test_a_reference_that_is_taken_is_drawn_anew(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    there = town.hazard().reference
    drawn = iter([there, "AAAAAAAA", "AAAAAAAA", there, "BBBBBBBB", "CCCCCCCC"])
    monkeypatch.setattr(references, "new_reference", lambda: next(drawn))
    bring(town.session, [HazardRow(n, str(n), "OTHER", INSIDE["west"]) for n in range(3)])
    found = town.session.scalars(select(Hazard.reference).where(Hazard.external_source == "old"))
    assert set(found) == {"AAAAAAAA", "BBBBBBBB", "CCCCCCCC"}
    assert town.session.scalar(text("SELECT count(DISTINCT hazard_id) FROM report")) == 3


def test_two_imports_at_once_store_each_hazard_once(database: Databases, town: Town) -> None:
    session = town.session
    session.commit()
    rows = [HazardRow(n, str(n), "OTHER", INSIDE["west"]) for n in range(20)]
    counts: list[Counter[str]] = []

    def other() -> None:
        with Session(database.app) as another:
            counts.append(bring(another, [*rows[10:], HazardRow(99, "99", "OTHER", INSIDE["east"])]).counts)
            another.commit()

    counts.append(bring(session, rows).counts)
    beside = threading.Thread(target=other)
    beside.start()
    beside.join(0.5)
    assert beside.is_alive()
    session.commit()
    beside.join(20)
    assert counts == [Counter({"new": 20}), Counter({"already there": 10, "new": 1})]
    assert session.scalar(select(func.count()).where(Hazard.external_source == "old")) == 21


def test_only_an_administrator_imports(town: Town) -> None:
    with pytest.raises(NotPermitted):
        import_hazards(town.session, by=ANONYMOUS, rows=[], source="old", policy=POLICY, now=NOW, outcome=Outcome())


def test_hazards_received_earlier_keep_their_own_clock(town: Town) -> None:
    outcome, earlier = Outcome(), NOW - timedelta(days=40)
    row = HazardRow(1, "1", "MANHOLE_OPEN", INSIDE["west"])
    import_hazards(town.session, by=SYSTEM, rows=[row], source="old", policy=POLICY, now=earlier, outcome=outcome)
    found = town.session.scalars(select(Hazard).where(Hazard.external_id == "1")).one()
    assert found.received_day == earlier.date()
    assert found.make_safe_due < NOW
