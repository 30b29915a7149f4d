"""Who is on duty for an urgent hazard: by the hour, and the coordinator's people where nobody of the body answers."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.duty import acknowledge
from app.db import Databases
from app.jobs.call_duty import call_duty, sweep_duty
from app.jobs.notify_body import notify_body
from app.models import Alarm, DutyCall, DutyContact, Hazard
from app.outbox import JobName
from tests.jobs import kit
from tests.jobs.duty_kit import add_contact, hazard, kinds, queued

__all__ = ["hazard"]


def test_nobody_on_duty_raises_one_alarm_and_the_body_gets_its_mail(session: Session, database: Databases) -> None:
    kit.add_types(session)
    hazard = kit.add_hazard(session, body_id=kit.add_body(session), urgent=True)
    event = kit.assigned(session, hazard)
    session.commit()
    post = kit.Outbox()
    notify_body(kit.jobs(database, mailer=post), hazard_id=hazard.id, event_id=event)
    assert queued(session, JobName.CALL_DUTY) == 1
    for _ in range(2):
        call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    assert [mail.to for mail in post.sent] == ["duty@vodokanal.example"]
    assert session.scalars(select(Alarm.kind)).all() == ["duty_no_contact"]


def test_at_night_the_night_contact_is_called_before_the_first_of_the_list(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    """14:00 in Almaty: those of the list are the day's, one more has the night."""
    add_contact(session, "night", body=hazard.body_id, position=9, starts=20 * 60, ends=8 * 60)
    for contact in session.scalars(select(DutyContact).where(DutyContact.name != "night")):
        contact.starts, contact.ends = 8 * 60, 20 * 60
    session.commit()
    post, night = kit.Outbox(), kit.NOW + timedelta(hours=13)
    call_duty(kit.jobs(database, mailer=post, now=lambda: night), hazard_id=hazard.id)
    assert [mail.to for mail in post.sent] == ["night@x.example"]


def test_a_hazard_without_a_body_calls_the_coordinator_s_people(session: Session, database: Databases) -> None:
    kit.add_types(session)
    hazard = kit.add_hazard(session, urgent=True)
    add_contact(session, "coordinator", body=None)
    post = kit.Outbox()
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    assert [mail.to for mail in post.sent] == ["coordinator@x.example"]
    acknowledge(session, token=session.scalars(select(DutyCall.token)).one(), now=kit.NOW)
    session.commit()
    assert kinds(session) == ["duty_called", "duty_acknowledged"]


def test_a_body_without_contacts_has_an_alarm_and_the_coordinator_is_called(
    session: Session, database: Databases
) -> None:
    kit.add_types(session)
    hazard = kit.add_hazard(session, body_id=kit.add_body(session), urgent=True)
    add_contact(session, "coordinator", body=None)
    post = kit.Outbox()
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    assert [mail.to for mail in post.sent] == ["coordinator@x.example"]
    assert session.scalars(select(Alarm.kind)).all() == ["duty_no_contact"]


def test_where_nobody_of_the_body_answers_the_coordinator_s_people_follow(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    add_contact(session, "coordinator", body=None)
    post, moment = kit.Outbox(), kit.NOW
    for _turn in range(4):
        jobs = kit.jobs(database, mailer=post, now=lambda at=moment: at)
        call_duty(jobs, hazard_id=hazard.id)
        moment += timedelta(minutes=15)
        sweep_duty(kit.jobs(database, now=lambda at=moment: at))
    assert [mail.to for mail in post.sent] == ["n1@x.example", "n2@x.example", "coordinator@x.example"]
    assert kinds(session)[-1] == "duty_unanswered"
