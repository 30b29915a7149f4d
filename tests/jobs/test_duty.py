"""Urgent hazards: one after the other is called until somebody knows."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.duty import acknowledge
from app.actions.history import append_event
from app.db import Databases
from app.domain.errors import UnknownDutyCall
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM
from app.jobs.call_duty import call_duty, sweep_duty
from app.jobs.notify_body import notify_body
from app.models import Alarm, DutyCall, DutyContact, Event, Hazard
from app.outbox import JobName
from app.queries.duty import call_of_token
from tests.jobs import kit
from tests.jobs.duty_kit import hazard, kinds, queued

__all__ = ["hazard"]


def test_the_first_is_told_in_their_language_with_a_link(session: Session, database: Databases, hazard: Hazard) -> None:
    post = kit.Outbox()
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    (mail,) = post.sent
    token = session.scalars(select(DutyCall.token)).one()
    assert mail.to == "n1@x.example"
    assert "СРОЧНО" in mail.subject
    assert f"https://qauip.example/ru/duty/{token}" in mail.text
    assert "проспект Абая" in mail.text
    assert "Открытый люк" in mail.html
    assert kinds(session) == ["duty_called"]


def test_the_call_says_that_somebody_is_hurt(session: Session, database: Databases, hazard: Hazard) -> None:
    hazard.severity_why = [{"reason": "someone_hurt", "plus": 1}]
    session.commit()
    post = kit.Outbox()
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    assert all("кто-то пострадал, застрял или тонет" in part for part in (post.sent[0].text, post.sent[0].html))


def test_silence_calls_the_next_and_then_the_administrator(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    post, moment = kit.Outbox(), kit.NOW
    for _turn in range(3):
        at = moment
        jobs = kit.jobs(database, mailer=post, now=lambda at=at: at)
        call_duty(jobs, hazard_id=hazard.id)
        moment += timedelta(minutes=15)
        late = moment
        sweep_duty(kit.jobs(database, now=lambda late=late: late))
    assert [mail.to for mail in post.sent] == ["n1@x.example", "n2@x.example"]
    assert kinds(session) == [*["duty_called", "duty_passed_on"] * 2, "duty_unanswered"]
    assert session.scalars(select(Alarm.kind)).all() == ["duty_unanswered"]
    assert not session.scalars(select(Event).where(Event.kind.like("duty_%"), Event.public)).all()


def test_i_know_ends_the_calls(session: Session, database: Databases, hazard: Hazard) -> None:
    post = kit.Outbox()
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    acknowledge(session, token=session.scalars(select(DutyCall.token)).one(), now=kit.NOW)
    session.commit()
    later = kit.jobs(database, mailer=post, now=lambda: kit.NOW + timedelta(hours=1))
    sweep_duty(later)
    call_duty(later, hazard_id=hazard.id)
    assert len(post.sent) == 1
    assert kinds(session) == ["duty_called", "duty_acknowledged"]
    with pytest.raises(UnknownDutyCall):
        acknowledge(session, token="nobody's", now=kit.NOW)


@pytest.mark.parametrize("kind", ["dispute", "reopen", "arbitrate"])
def test_who_knew_before_it_was_opened_again_is_called_anew(
    session: Session, database: Databases, hazard: Hazard, kind: str
) -> None:
    post, later = kit.Outbox(), kit.NOW + timedelta(days=9)
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    token = session.scalars(select(DutyCall.token)).one()
    acknowledge(session, token=token, now=kit.NOW)
    moved = {"hazard_id": hazard.id, "kind": kind, "status": Status.ASSIGNED, "body_id": hazard.body_id}
    append_event(session, at=later, by=SYSTEM, **moved)
    session.commit()
    for _ in range(2):
        call_duty(kit.jobs(database, mailer=post, now=lambda: later), hazard_id=hazard.id)
    assert [mail.to for mail in post.sent] == ["n1@x.example"] * 2
    with pytest.raises(UnknownDutyCall):
        acknowledge(session, token=token, now=later)


@pytest.mark.parametrize("gone", ["the hazard", "the contact"])
def test_the_link_of_who_is_no_longer_asked_shows_and_does_nothing(
    session: Session, database: Databases, hazard: Hazard, gone: str
) -> None:
    call_duty(kit.jobs(database, mailer=kit.Outbox()), hazard_id=hazard.id)
    call = session.scalars(select(DutyCall)).one()
    assert call_of_token(session, call.token, "ru") is not None
    if gone == "the hazard":
        session.get_one(Hazard, hazard.id).body_id = kit.add_body(session)
    else:
        session.get_one(DutyContact, call.contact_id).active = False
    session.commit()
    assert call_of_token(session, call.token, "ru") is None
    with pytest.raises(UnknownDutyCall):
        acknowledge(session, token=call.token, now=kit.NOW)


SAFE = {"made_safe_measure": "grid", "made_safe_at": kit.NOW, "made_safe_until": kit.NOW + timedelta(days=3)}


@pytest.mark.parametrize(
    ("change", "called"),
    [
        ({"held": True}, False),
        ({"urgent": False, "severity": "high"}, False),
        ({"urgent": False, "severity": "critical"}, True),
        ({"urgent": False, "severity": "critical", **SAFE}, False),
        ({"urgent": True, "severity": "high", **SAFE}, True),
        ({"status": "fixed", "closed_at": kit.NOW}, False),
    ],
)
def test_somebody_is_called_where_lives_are_in_danger_and_nobody_to_anything_else(
    session: Session, database: Databases, hazard: Hazard, change: dict[str, object], called: bool
) -> None:
    for name, value in change.items():
        setattr(session.get_one(Hazard, hazard.id), name, value)
    event_id = kit.assigned(session, hazard)
    session.commit()
    post = kit.Outbox()
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    assert bool(post.sent) is called
    notify_body(kit.jobs(database, mailer=post), hazard_id=hazard.id, event_id=event_id)
    assert queued(session, JobName.CALL_DUTY) == int(called)
