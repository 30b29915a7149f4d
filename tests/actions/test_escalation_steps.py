"""The steps of the escalation, as an administrator changes them: checked, noted, taken back, and counted before."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.actions.administration.escalation import StepFacts, add_step, edit_acknowledge, edit_step, remove_step
from app.actions.administration.undo import undo_change
from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.domain import errors
from app.domain.escalation import Step
from app.domain.hazard import Clock
from app.domain.permissions import Actor
from app.models import EscalationStep
from app.queries.escalation import acknowledge_within, already_past
from tests.actions.administration_kit import body, by, entries, last, refused
from tests.jobs.kit import NOW, add_hazard

__all__ = ["body", "by"]


def test_loading_the_same_schedule_again_sends_no_sweep_over_the_open_hazards(session: Session) -> None:
    load_reference_data(session, DATA)
    session.execute(text("UPDATE escalation_step SET fresh = false"))
    load_reference_data(session, DATA)
    assert not session.scalar(text("SELECT count(*) FROM escalation_step WHERE fresh"))


def test_a_step_of_the_escalation_is_made_edited_taken_away_and_all_of_it_taken_back(
    session: Session, by: Actor
) -> None:
    made = add_step(session, by=by, severity="low", facts=StepFacts(None, 0.5, None, ["head"]), now=NOW)
    key, code = made.key, made.code
    edit_step(session, by=by, key=key, facts=StepFacts("fix", None, -2.0, ["head", "above"]), now=NOW)
    with refused(session, errors.LastStep):
        remove_step(session, by=by, key=key, now=NOW)
    other = add_step(session, by=by, severity="low", facts=StepFacts(None, None, 0.0, ["head"]), now=NOW)
    assert other.code != code
    remove_step(session, by=by, key=key, now=NOW)
    session.execute(text("UPDATE escalation_step SET fresh = false"))
    undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    again = session.get_one(EscalationStep, key, populate_existing=True)
    assert (again.code, again.clock, again.hours, again.tell) == (code, "fix", -2.0, ["head", "above"])
    assert again.fresh
    edited = entries(session)[1]
    with refused(session, errors.NothingChanged):
        edit_step(session, by=by, key=key, facts=StepFacts("fix", None, -2.0, ["head", "above"]), now=NOW)
    undo_change(session, by=by, entry_id=edited.id, now=NOW)
    assert (again.share, again.hours) == (0.5, None)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (StepFacts(None, None, None, ["head"]), errors.BadMoment),
        (StepFacts(None, 0.5, 1.0, ["head"]), errors.BadMoment),
        (StepFacts(None, None, 10_000.0, ["head"]), errors.BadMoment),
        (StepFacts(None, None, 1.0, []), errors.NobodyTold),
        (StepFacts(None, None, 1.0, ["mayor"]), errors.BadChoice),
        (StepFacts("lunch", None, 1.0, ["head"]), errors.BadChoice),
        (StepFacts("fix", None, 0.0, ["above"]), errors.SameStep),
    ],
)
def test_a_step_without_sense_is_refused(
    session: Session, by: Actor, facts: StepFacts, refusal: type[errors.DomainError]
) -> None:
    add_step(session, by=by, severity="low", facts=StepFacts(None, None, 0.0, ["head"]), now=NOW)
    with refused(session, refusal):
        add_step(session, by=by, severity="low", facts=facts, now=NOW)


def test_minutes_of_the_night_duty_are_whole_and_bounded(session: Session, by: Actor) -> None:
    edit_acknowledge(session, by=by, minutes=20, now=NOW)
    assert acknowledge_within(session) == timedelta(minutes=20)
    for minutes in (0, 2, 241, -1):
        with refused(session, errors.BadMinutes):
            edit_acknowledge(session, by=by, minutes=minutes, now=NOW)
    undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    assert acknowledge_within(session) == timedelta(minutes=15)


def test_open_hazards_that_would_be_told_at_once_are_counted(session: Session, by: Actor, body: int) -> None:
    """One is late for both times, one stands still, one is another severity, one was told of the step already."""
    late = {"make_safe_due": NOW - timedelta(hours=3), "fix_due": NOW - timedelta(hours=1)}
    add_hazard(session, **late)
    add_hazard(session, **late | {"fix_due": NOW + timedelta(days=1)}, made_safe_at=NOW, made_safe_measure="grid",
               made_safe_until=NOW + timedelta(hours=72))  # fmt: skip
    add_hazard(session, **late, severity="low")
    counts = [
        already_past(session, severity="critical", step=Step("x", (), hours=hours, share=share, clock=clock), now=NOW)
        for hours, share, clock in (
            (0.0, None, None),
            (2.0, None, None),
            (2.0, None, Clock.FIX),
            (-100.0, None, None),
            (0.0, 0.5, Clock.FIX),
            (4.0, None, None),
        )
    ]
    assert counts == [1, 1, 0, 1, 0, 0]  # before the end is told of no clock that has ended


def test_the_last_step_of_a_severity_goes_by_no_undo_either(session: Session, by: Actor) -> None:
    steps = [
        add_step(session, by=by, severity="low", facts=StepFacts(None, None, hours, ["head"]), now=NOW).key
        for hours in (0.0, 2.0)
    ]
    made = entries(session)[1]
    remove_step(session, by=by, key=steps[0], now=NOW)
    with refused(session, errors.LastStep):
        undo_change(session, by=by, entry_id=made.id, now=NOW)
    assert session.get(EscalationStep, steps[1]) is not None
    undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    undo_change(session, by=by, entry_id=made.id, now=NOW)
    assert session.get(EscalationStep, steps[1]) is None
