"""The inbox: whose rows, in which order, page by page, and what its filters hold."""

from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.inbox import Mark, Wanted
from app.models import Hazard
from app.queries.inbox import Cursor, count, counts, hazard_ids, inbox, newer, step_of
from app.queries.inbox_views import board, points
from app.queries.inbox_where import where_of
from tests.domain.test_inbox import ADDRESSES
from tests.jobs.kit import NOW, add_body, add_hazard, add_types
from tests.queries.inbox_kit import COORDINATOR, DAY, HOUR, bodies, dispatcher

__all__ = ["bodies"]


@given(ADDRESSES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_filter_shows_a_body_a_row_of_another_or_a_held_one(
    session: Session, bodies: tuple[int, int], address: dict[str, list[str]]
) -> None:
    ours, theirs = bodies
    wanted, actor = Wanted.parse(address), dispatcher(ours)
    foreign = set(session.scalars(select(Hazard.id).where((Hazard.body_id == theirs) | Hazard.held)))
    where = where_of(session, actor=actor, wanted=wanted, now=NOW)
    ids = hazard_ids(session, actor=actor, wanted=wanted, now=NOW, limit=500)
    page = inbox(session, actor=actor, wanted=wanted, now=NOW, limit=500)
    seen = {*ids, *(row.id for row in page.rows)}
    seen |= {row.id for row in points(session, where, closed=wanted.closed, inside=None, language="ru")[0]}
    for column in board(session, where, closed=wanted.closed, statuses=wanted.statuses, language="ru"):
        seen |= {row.id for row in column.rows}
    assert not seen & foreign
    assert count(session, where) == len(ids) == len(page.rows)
    assert counts(session, actor=actor, now=NOW, views={"x": wanted}) == {"x": len(ids)}


@given(ADDRESSES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_hold_every_row_once_in_the_order_of_the_whole(
    session: Session, bodies: tuple[int, int], address: dict[str, list[str]]
) -> None:
    wanted = Wanted.parse({name: values for name, values in address.items() if name in {"state", "severity", "mark"}})
    whole = hazard_ids(session, actor=COORDINATOR, wanted=wanted, now=NOW, limit=500)
    paged: list[int] = []
    after: Cursor | None = None
    while True:
        page = inbox(session, actor=COORDINATOR, wanted=wanted, now=NOW, after=after, limit=7)
        paged += [row.id for row in page.rows]
        if page.next is None:
            break
        after = Cursor.parse(str(page.next))
    assert paged == whole
    assert len(set(paged)) == len(paged)


def test_somebody_without_a_body_sees_nothing(session: Session, bodies: tuple[int, int]) -> None:
    assert hazard_ids(session, actor=dispatcher(None), wanted=Wanted(), now=NOW, limit=9) == []


def test_danger_comes_first_then_the_time_that_is_left(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    later, sooner = {"make_safe_due": NOW + 3 * HOUR}, {"make_safe_due": NOW + HOUR}
    safe = {"made_safe_measure": "grid", "made_safe_at": NOW, "made_safe_until": NOW + DAY}
    kinds: list[dict[str, Any]] = [
        {"urgent": True, **later}, {"severity": "critical", **sooner}, {"severity": "critical", **later},
        {"severity": "low", "overdue": "fix"}, {"severity": "high", **sooner}, {"severity": "low", **sooner},
        {"severity": "low", "make_safe_due": None, "fix_due": None}, {"severity": "critical", **safe},
    ]  # fmt: skip
    made = [add_hazard(session, body_id=body, **({"severity": "low"} | kind)).id for kind in reversed(kinds)][::-1]
    rows = inbox(session, actor=dispatcher(body), wanted=Wanted(), now=NOW).rows
    assert [row.id for row in rows] == made
    assert [step_of(row.work_order) for row in rows] == [0, 1, 1, 2, 3, 4, 4, 5]


def test_a_change_of_the_hazard_moves_it(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    calm = add_hazard(session, body_id=body, severity="low")
    session.refresh(calm)
    assert step_of(calm.work_order) == 4
    calm.disputed = True
    session.flush()
    session.refresh(calm)
    assert step_of(calm.work_order) == 2


def test_a_district_holds_what_lies_in_its_parts(session: Session, bodies: tuple[int, int]) -> None:
    city = hazard_ids(session, actor=COORDINATOR, wanted=Wanted(area="750000000"), now=NOW, limit=99)
    district = hazard_ids(session, actor=COORDINATOR, wanted=Wanted(area="751110000"), now=NOW, limit=99)
    assert city == district
    assert city
    assert hazard_ids(session, actor=COORDINATOR, wanted=Wanted(area="1"), now=NOW, limit=99) == []


def test_either_clock_is_asked_for_by_itself(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    both = add_hazard(session, body_id=body, overdue="fix", make_safe_due=NOW - HOUR, fix_due=NOW - HOUR)
    one = add_hazard(session, body_id=body, overdue="make_safe", make_safe_due=NOW - HOUR)
    ids = {
        clock: set(hazard_ids(session, actor=COORDINATOR, wanted=Wanted(overdue=clock), now=NOW, limit=9))
        for clock in ("any", "make_safe", "fix")
    }
    assert ids == {"any": {both.id, one.id}, "make_safe": {both.id, one.id}, "fix": {both.id}}


def test_marks_are_one_or_the_other(session: Session, bodies: tuple[int, int]) -> None:
    def ids(*marks: Mark) -> set[int]:
        return set(hazard_ids(session, actor=COORDINATOR, wanted=Wanted(marks=marks), now=NOW, limit=99))

    assert ids(Mark.DISPUTED, Mark.SECOND) == ids(Mark.DISPUTED) | ids(Mark.SECOND)
    assert ids(Mark.EXPIRING)


def test_only_what_came_later_is_new(session: Session, bodies: tuple[int, int]) -> None:
    ours, theirs = bodies
    where = where_of(session, actor=dispatcher(ours), wanted=Wanted(), now=NOW)
    last = session.scalars(select(Hazard.id).order_by(Hazard.id.desc())).first() or 0
    assert newer(session, where, since=last) == 0
    for body in (ours, theirs):
        add_hazard(session, body_id=body)
    assert newer(session, where, since=last) == 1


def test_a_query_reads_as_an_address(session: Session) -> None:
    wanted = Wanted.parse({"severity": ["high", "critical"], "q": "люк Абая"})
    assert urlencode(wanted.query(), doseq=True).count("severity=") == 2
