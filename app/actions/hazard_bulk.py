"""Report many points at once: what is around them is found set-wise, each distinct case decided and timed once.

The rules are those of the single intake (`reports.py`): the same `assign`, `score`, `due_times` and `public_place`.
Only how the database is asked and written differs.
"""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.actions.duty_many import wait_for_call
from app.actions.history import event_row
from app.actions.import_rows import insert_rows, stage_rows
from app.actions.routing import trace_rows
from app.domain import references
from app.domain.deadlines import WorkCalendar, due_times
from app.domain.hazard import Channel, EmergencyMode, Publish, Status
from app.domain.permissions import Actor
from app.domain.policy import Policy
from app.domain.privacy import public_place
from app.domain.severity import Circumstances, score
from app.models import HazardType
from app.models.types import points_ewkb
from app.queries import intake
from app.queries.import_places import NOWHERE, Areas, Surroundings, surroundings
from app.queries.rule_book import RuleBook, rule_book

Row = tuple[Any, ...]


@dataclass(frozen=True)
class FitPoint:
    """A row that was checked: the type may be reported, the place lies within bounds, the text is clean."""

    external_id: str
    kind: HazardType
    place: Point
    text: str
    language: str


def report_points(
    session: Session, *, by: Actor, points: Sequence[FitPoint], source: str, policy: Policy, now: datetime
) -> None:
    """Store all of them, each with its assignment, report and history. Never commits."""
    if not points:
        return
    day = policy.day(now)
    places = points_ewkb([point.place for point in points])
    coarse = {point.kind.code: point.kind.publish_rule is not Publish.PIN_AT_ONCE for point in points}
    asked = ((n, coarse[point.kind.code], places[n]) for n, point in enumerate(points))
    reach_m = policy.weights.reach_m
    with ThreadPoolExecutor(1) as beside:  # codes are drawn while the database searches
        drawn = beside.submit(_codes, len(points), policy.receipt_key)
        around = surroundings(session, asked, day=day, tolerance_m=policy.tolerance_m, children_m=reach_m)
    calendar = intake.work_calendar(session, policy.timezone, around=day)
    cases = _Cases(rule_book(session, day), policy, now, calendar)
    stage_rows(session, rows=_rows(points, places, around, cases, drawn.result()), decisions=cases.rows)
    made = insert_rows(session, _values(by, source, now, day), new_reference=references.new_reference)
    wait_for_call(session, made, now=now)


def _values(by: Actor, source: str, now: datetime, day: date) -> dict[str, Any]:
    event = event_row(hazard_id=0, kind="reported", at=now, by=by, status=Status.RECEIVED)
    who = {"actor": event["actor"], "account_id": by.account_id}
    return who | {"source": source, "now": now, "day": day, "channel": Channel.IMPORT.value}


@dataclass
class _Cases:
    """What is decided once for many: who answers (by type and areas), and how bad it is (by type and children)."""

    book: RuleBook
    policy: Policy
    now: datetime
    calendar: WorkCalendar
    rows: list[Row] = field(default_factory=list)
    numbers: dict[tuple[str, Areas], int] = field(default_factory=dict)
    scores: dict[tuple[str, float | None], tuple[str, str]] = field(default_factory=dict)
    timed: dict[str, Row] = field(default_factory=dict)

    @cached_property
    def day(self) -> date:
        return self.policy.day(self.now)

    def decision(self, kind: HazardType, areas: Areas) -> int:
        """Its number in `rows`."""
        number = self.numbers.get((kind.code, areas))
        if number is None:
            number = self.numbers[kind.code, areas] = len(self.rows)
            self.rows.append((number, kind.code, *self._decided(kind.code, areas), *self._timed(kind)))
        return number

    def severity(self, kind: HazardType, children_m: float | None) -> tuple[str, str]:
        """The level and why, as stored."""
        found = self.scores.get((kind.code, children_m))
        if found is None:
            what = Circumstances(month=self.day.month, children_m=children_m)
            scored = score(kind.severity_key, what, self.policy.weights)
            found = scored.level.value, json.dumps([part.as_stored() for part in scored.because])
            self.scores[kind.code, children_m] = found
        return found

    def _decided(self, code: str, areas: Areas) -> Row:
        found = self.book.decide(*areas, code, {})
        status = Status.ASSIGNED if found.body_id else Status.RECEIVED
        owner_due = self.now + self.policy.owner_within if found.owner_unknown else None
        trace = json.dumps(trace_rows(found))
        who = (status.value, found.area_id, found.body_id, found.basis, found.confidence, trace)
        return (*who, found.owner_unknown, owner_due)

    def _timed(self, kind: HazardType) -> Row:
        if kind.code not in self.timed:
            due = due_times(self.now, kind.target, self.calendar)
            urgent = kind.emergency_mode == EmergencyMode.CALL_FIRST
            self.timed[kind.code] = due.make_safe, due.fix, urgent
        return self.timed[kind.code]


def _codes(number: int, key: bytes) -> list[tuple[str, str, str]]:
    """Reference, id of the report and hash of its receipt, `number` times."""
    found = []
    for _ in range(number):
        client_id = uuid4()  # secret like any other: the receipt is made from it
        receipt_hash = references.receipt_hash(references.receipt_for(client_id, key))
        found.append((references.new_reference(), client_id.hex, "\\x" + receipt_hash.hex()))
    return found


def _rows(
    points: Sequence[FitPoint],
    places: Sequence[str],
    around: Surroundings,
    cases: _Cases,
    codes: Sequence[tuple[str, str, str]],
) -> Iterator[Row]:
    """As in `import_row`."""
    coarse = [n for n, point in enumerate(points) if point.kind.publish_rule is not Publish.PIN_AT_ONCE]
    seen = points_ewkb([_public_place(points[n], around.streets.get(n)) for n in coarse])
    public = dict(zip(coarse, seen, strict=True))
    for n, point in enumerate(points):
        reference, client_id, receipt_hash = codes[n]
        yield (
            n,
            cases.decision(point.kind, around.areas.get(n, NOWHERE)),
            reference,
            point.external_id,
            places[n],
            public.get(n, places[n]),
            *cases.severity(point.kind, around.children_m.get(n)),
            client_id,
            receipt_hash,
            point.language,
            point.text,
        )


def _public_place(point: FitPoint, street: Point | None) -> Point:
    return public_place(point.place, point.kind.publish_rule, nearest_on_street=street)
