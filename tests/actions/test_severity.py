"""Severity on the real database: children near by, and the seasons that come without anybody touching a hazard."""

from datetime import UTC, datetime

import pytest
from shapely.geometry import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.severity import rescore_open, score_hazard
from app.jobs.rescore import rescore
from app.models import Event, Hazard, HazardType, Place
from tests.jobs import kit
from tests.jobs.kit import NAMES, PLACE, POLICY, add_hazard, add_types

JULY, DECEMBER = datetime(2026, 7, 1, 20, tzinfo=UTC), datetime(2026, 12, 1, 20, tzinfo=UTC)
METRE = 1 / 111_320  # degrees of latitude


def place(session: Session, kind: str, metres: float) -> None:
    at = Point(PLACE.x, PLACE.y + metres * METRE)
    session.add(Place(source="t", external_id=f"{kind}{metres}", kind=kind, search_key="x", geom=at, **NAMES))
    session.flush()


def points(session: Session, **hints: str) -> dict[str, int]:
    kind = session.get_one(HazardType, "MANHOLE_OPEN")
    found = score_hazard(
        session, kind=kind, label=PLACE, hints=hints, someone_hurt=False, policy=POLICY, day=JULY.date()
    )
    return {part.reason: part.points for part in found.because}


@pytest.mark.parametrize(("kind", "metres", "points_"), [("school", 100, 20), ("playground", 250, 10), ("shop", 10, 0)])
def test_only_places_of_children_count_by_their_distance(session, kind, metres, points_):
    add_types(session)
    place(session, kind, metres)
    assert points(session).get("near_children", 0) == points_


def test_what_was_seen_on_the_spot_counts(session):
    add_types(session)
    assert points(session, hidden="yes", water="yes", network="heat") == {"type": 70, "hidden": 20, "water": 20}


def test_a_season_that_ends_lowers_it_once_with_a_line_of_history(database, session):
    add_types(session)
    session.get_one(HazardType, "MANHOLE_OPEN").season = [11, 12, 1]
    open_one = add_hazard(session)
    closed = add_hazard(session, body_id=kit.add_body(session), status="fixed", closed_at=JULY)
    session.commit()
    for _ in range(2):
        rescore(kit.jobs(database, now=lambda: JULY))
    session.expire_all()
    assert [session.get_one(Hazard, each.id).severity for each in (open_one, closed)] == ["medium", "critical"]
    assert list(session.scalars(select(Event.kind))) == ["severity_changed"]
    rescore(kit.jobs(database, now=lambda: DECEMBER))
    session.expire_all()
    assert session.get_one(Hazard, open_one.id).severity == "critical"


def test_somebody_hurt_stays_hurt_when_the_season_changes(session):
    add_types(session)
    session.get_one(HazardType, "MANHOLE_OPEN").season = [12]
    hazard = add_hazard(
        session, severity_why=[{"reason": "type", "points": 70}, {"reason": "someone_hurt", "points": 20}]
    )
    rescore_open(session, policy=POLICY, now=JULY)
    assert [part["reason"] for part in hazard.severity_why] == ["type", "someone_hurt", "out_of_season"]
