"""What waits for an answer: the fix clock by the tick alone, a hold that says so, and neither longer than it may."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.actions.questions import end_waiting
from app.domain.errors import ClockRanOut, ClockStoppedBefore, NobodyAsked
from app.domain.hazard import HoldReason
from app.domain.lifecycle import Act
from app.domain.permissions import Role
from app.models import Event
from tests.actions.people import person
from tests.actions.questions_kit import LATER, WAIT, Case, case
from tests.jobs.kit import NOW

__all__ = ["case"]


def test_without_the_tick_no_clock_stops(case: Case) -> None:
    case.ask()
    assert case.hazard.fix_paused_at is None


def test_by_the_tick_the_fix_clock_waits_for_the_answer_and_make_safe_never_does(case: Case) -> None:
    due, safe = case.hazard.fix_due, case.hazard.make_safe_due
    question = case.ask(stops_clock=True)
    assert (case.hazard.fix_paused_at, case.hazard.status) == (NOW, "assigned")
    case.answer(question.token)
    hazard = case.hazard
    assert due is not None
    assert (hazard.fix_paused_at, hazard.fix_due, hazard.make_safe_due) == (None, due + (LATER - NOW), safe)


def test_without_an_answer_it_waits_as_long_as_is_set_and_not_longer(case: Case) -> None:
    due = case.hazard.fix_due
    case.ask(stops_clock=True)
    assert end_waiting(case.session, now=NOW + WAIT - timedelta(minutes=1)) == 0
    assert case.hazard.fix_paused_at == NOW
    late = NOW + WAIT + timedelta(minutes=7)
    assert [end_waiting(case.session, now=late), end_waiting(case.session, now=late)] == [1, 0]
    assert due is not None
    assert (case.hazard.fix_paused_at, case.hazard.fix_due) == (None, due + WAIT)
    with pytest.raises(ClockStoppedBefore):
        case.ask(stops_clock=True)


def test_after_an_answer_it_may_wait_for_another_one(case: Case) -> None:
    case.answer(case.ask(stops_clock=True).token)
    case.act(Act.ASK, note="Тағы", stops_clock=True, now=LATER)
    assert case.hazard.fix_paused_at == LATER


def test_what_is_late_already_does_not_wait(case: Case) -> None:
    case.session.execute(text("UPDATE hazard SET fix_due = :due"), {"due": NOW - timedelta(minutes=1)})
    with pytest.raises(ClockRanOut):
        case.ask(stops_clock=True)
    case.ask()


def test_the_pause_outlives_accepting_planning_beginning_and_a_hold(case: Case) -> None:
    due = case.hazard.fix_due
    question = case.ask(stops_clock=True)
    hour = timedelta(minutes=20)
    case.act(Act.ACCEPT, now=NOW + hour)
    case.act(Act.PLAN, now=NOW + 2 * hour, planned_for=NOW.date() + timedelta(1))
    case.act(Act.START, now=NOW + 3 * hour)
    case.act(Act.HOLD, now=NOW + 4 * hour, hold_reason=HoldReason.WEATHER)
    assert (case.hazard.fix_paused_at, case.hazard.fix_due) == (NOW, due)
    case.answer(question.token)
    assert due is not None
    assert (case.hazard.fix_paused_at, case.hazard.fix_due) == (None, due + (LATER - NOW))


def test_the_answer_does_not_end_a_pause_that_is_not_its_own(case: Case) -> None:
    question = case.ask(stops_clock=True)
    other = NOW + timedelta(minutes=90)
    case.session.execute(text("UPDATE hazard SET fix_paused_at = :at"), {"at": other})
    case.answer(question.token)
    assert case.hazard.fix_paused_at == other


@pytest.mark.parametrize("days", [2, 30])
def test_a_pause_ends_with_the_work_and_is_never_longer_than_it_may_be(case: Case, days: int) -> None:
    """However late the sweep is that ends it."""
    due = case.hazard.fix_due
    case.ask(stops_clock=True)
    coordinator = person(case.session, Role.COORDINATOR)
    given = {"body_id": case.town.body["roads"], "reason": "Олардікі", "now": NOW + timedelta(days=days)}
    case.act(Act.ARBITRATE, by=coordinator, **given)
    assert due is not None
    assert (case.hazard.fix_paused_at, case.hazard.fix_due) == (None, due + min(timedelta(days=days), WAIT))


def test_nothing_waits_for_an_answer_where_nothing_was_asked(case: Case) -> None:
    case.act(Act.ACCEPT)
    hold = {"hold_reason": HoldReason.REPORTER_ANSWER}
    with pytest.raises(NobodyAsked):
        case.act(Act.HOLD, **hold)
    case.answer(case.ask().token)
    with pytest.raises(NobodyAsked):
        case.act(Act.HOLD, **hold, now=LATER)
    case.ask()
    case.act(Act.HOLD, **hold, now=LATER)
    assert (case.hazard.status, case.hazard.fix_paused_at) == ("on_hold", None)


@pytest.mark.parametrize(("before", "after"), [(Act.START, "in_progress"), (None, "accepted")])
def test_the_answer_ends_a_hold_that_waited_for_it(case: Case, before: Act | None, after: str) -> None:
    due, held = case.hazard.fix_due, NOW + timedelta(minutes=90)
    case.act(Act.ACCEPT)
    if before:
        case.act(before)
    question = case.ask()
    case.act(Act.HOLD, hold_reason=HoldReason.REPORTER_ANSWER, now=held)
    case.answer(question.token)
    hazard = case.hazard
    assert (hazard.status, hazard.hold_reason, hazard.fix_paused_at) == (after, None, None)
    assert hazard.fix_due == due
    last = case.session.scalars(select(Event).where(Event.kind == "hold_ended")).one()
    assert (last.status, last.public, last.actor) == (after, True, "system")


def test_the_answer_does_not_end_a_hold_for_another_reason(case: Case) -> None:
    case.act(Act.ACCEPT)
    question = case.ask()
    case.act(Act.HOLD, hold_reason=HoldReason.WEATHER)
    case.answer(question.token)
    assert case.hazard.status == "on_hold"


def test_a_body_that_has_passed_it_on_waits_for_nothing(case: Case) -> None:
    question = case.ask(stops_clock=True)
    case.act(Act.FORWARD, body_id=case.town.body["roads"], reason="Олардікі")
    assert (case.asked(), case.hazard.fix_paused_at, case.hazard.answer_waits) == ([], None, False)
    case.answer(question.token)
    assert case.kinds()[-1] == "addition"
    assert not case.hazard.answer_waits
