"""Those above are told, each step once, whatever happens to the worker."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.actions import escalation
from app.db import Databases, transaction
from app.domain.permissions import Role
from app.jobs.escalation import sweep_escalation
from app.models import Event, Hazard
from app.outbox import JobName
from app.queries.escalation import schedule
from app.web import labels
from tests.jobs import kit
from tests.jobs.escalation_kit import HOUR, at, hazard, loaded, queued, steps, told
from tests.jobs.kit import NOW
from tests.web.pages import make_account

__all__ = ["hazard", "loaded"]


def test_dispatcher_before_head_at_and_those_above_after_the_end(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    for hours in (0, 0.9, 1, 1.01, 2, 2.5, 3, 3.1, 5, 5.1, 50):
        for _ in range(2):
            sweep_escalation(at(database, NOW + hours * HOUR))
    assert steps(session) == ["half", "soon", "due", "after"]
    assert told(session) == [("reminder", "dispatcher@example.kz")] * 2 + [("overdue_up", "coordinator@example.kz")]
    assert len(queued(session, JobName.TELL_HEAD)) == len(queued(session, JobName.TELL_ABOVE)) == 1
    events = session.scalars(select(Event).where(Event.kind == "escalated").order_by(Event.id)).all()
    assert [event.data["step"] for event in events] == ["half", "soon", "due", "after"]
    assert not any(event.public for event in events)


def test_a_manager_is_the_head_and_the_mailbox_then_gets_nothing(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    make_account(session, Role.MANAGER, email="head@example.kz", body_id=hazard.body_id)
    sweep_escalation(at(database, NOW + 3 * HOUR))
    assert ("due", "head@example.kz") in told(session)
    assert not queued(session, JobName.TELL_HEAD)


def test_without_a_body_the_coordinator_is_told_of_everything(session: Session, database: Databases) -> None:
    kit.add_types(session)
    kit.add_hazard(session, fix_due=None)
    make_account(session, Role.COORDINATOR, email="coordinator@example.kz")
    sweep_escalation(at(database, NOW + 6 * HOUR))
    assert told(session) == [("overdue_up", "coordinator@example.kz")]


def test_what_an_outage_has_overtaken_is_written_once_and_one_letter_goes_out(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    make_account(session, Role.MANAGER, email="head@example.kz", body_id=hazard.body_id)
    for _ in range(3):
        sweep_escalation(at(database, NOW + 3.5 * HOUR))
    assert told(session) == [("due", "head@example.kz")]
    lines = session.scalars(select(Event).where(Event.kind == "escalated").order_by(Event.id)).all()
    assert [(line.data["step"], line.data["told"]) for line in lines] == [("half", []), ("soon", []), ("due", ["head"])]
    said = [labels.escalation(line.data["clock"], line.data["told"]) for line in lines]
    assert len(set(said)) == 2


def test_a_sweep_that_dies_halfway_is_done_again_and_nobody_hears_twice(
    session: Session, database: Databases, hazard: Hazard, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(escalation, "_LOOK_AGAIN", text("SELECT 1/0"))  # all is written, nothing is committed
        with pytest.raises(DataError):
            sweep_escalation(at(database, NOW + 5 * HOUR))
    assert (steps(session), told(session), queued(session, JobName.TELL_ABOVE)) == ([], [], [])
    sweep_escalation(at(database, NOW + 5 * HOUR))
    assert steps(session) == ["half", "soon", "due", "after"]
    assert told(session) == [("overdue_up", "coordinator@example.kz")]


def test_two_sweeps_at_once_do_a_step_once(session: Session, database: Databases, hazard: Hazard) -> None:
    with transaction(database.app) as one, transaction(database.app) as two:
        looked = [
            escalation.escalate(each, schedule=schedule(each), now=NOW + 5 * HOUR, batch=10) for each in (one, two)
        ]
    assert looked == [1, 0]
    assert steps(session) == ["half", "soon", "due", "after"]


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"make_safe_due": NOW + 9 * HOUR}, ["half"]),
        ({"held": True}, ["half"]),
        ({"status": "fixed", "closed_at": NOW}, ["half"]),
        ({"severity": "low"}, ["half", "soon", "due"]),
    ],
)
def test_a_change_of_the_clock_is_looked_at_anew(
    session: Session, database: Databases, hazard: Hazard, change: dict[str, object], seen: list[str]
) -> None:
    sweep_escalation(at(database, NOW + HOUR))
    for name, value in change.items():
        setattr(session.get_one(Hazard, hazard.id), name, value)
    session.commit()
    sweep_escalation(at(database, NOW + 3 * HOUR))
    assert steps(session) == seen


def test_made_safe_is_silent_and_expired_goes_on_where_it_was(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    sweep_escalation(at(database, NOW + HOUR))
    kept = session.get_one(Hazard, hazard.id)
    kept.made_safe_measure, kept.made_safe_at, kept.made_safe_until = "grid", NOW + HOUR, NOW + 72 * HOUR
    session.commit()
    sweep_escalation(at(database, NOW + 60 * HOUR))
    assert steps(session) == ["half"]
    kept = session.get_one(Hazard, hazard.id)
    kept.made_safe_measure = kept.made_safe_at = kept.made_safe_until = None
    session.commit()
    sweep_escalation(at(database, NOW + 73 * HOUR))
    assert steps(session) == ["half", "soon", "due", "after"]


def test_a_dispatcher_s_form_is_not_refused_for_it(session: Session, database: Databases, hazard: Hazard) -> None:
    version = hazard.version
    sweep_escalation(at(database, NOW + 5 * HOUR))
    session.expire_all()
    assert session.get_one(Hazard, hazard.id).version == version
