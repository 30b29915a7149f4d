"""Urgent hazards: one after the other is called until somebody knows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.duty import acknowledge, pass_on_unanswered
from app.actions.history import append_event
from app.db import Databases
from app.domain.duty import mobile_number
from app.domain.errors import UnknownDutyCall
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM
from app.gateways.mail import MailDelayed, MailRefused
from app.gateways.sms import SmsDelayed
from app.jobs.call_duty import call_duty, sweep_duty
from app.jobs.notify_body import notify_body
from app.models import Alarm, DutyCall, DutyContact, Event, Hazard
from app.outbox import JobName
from app.queries.duty import call_of_token
from tests.jobs import kit
from tests.jobs.staff_kit import Telephone


@pytest.fixture
def hazard(session: Session) -> Hazard:
    kit.add_types(session)
    area = kit.add_area(session)
    body = kit.add_body(session)
    for position, language in ((1, "ru"), (2, "kk")):
        session.add(
            DutyContact(
                body_id=body, position=position, name=f"N{position}", email=f"n{position}@x.example", language=language
            )
        )
    hazard = kit.add_hazard(session, body_id=body, urgent=True, area_id=area)
    session.commit()
    return hazard


def kinds(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Event.kind).where(Event.kind.like("duty_%")).order_by(Event.id)))


def queued(session: Session, name: JobName) -> int:
    asked = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")
    return session.scalar(asked, {"name": name.value}) or 0


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


def test_a_worker_that_died_before_it_was_marked_calls_the_same_one_again(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    post = kit.Outbox(troubles=[MailDelayed("later")])
    with pytest.raises(MailDelayed):
        call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    assert [mail.to for mail in post.sent] == ["n1@x.example"]
    assert len(session.scalars(select(DutyCall)).all()) == 1


def test_a_dead_address_calls_the_next_at_once(session: Session, database: Databases, hazard: Hazard) -> None:
    post = kit.Outbox(troubles=[MailRefused("550 no")])
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    assert queued(session, JobName.CALL_DUTY) == 1
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    assert [mail.to for mail in post.sent] == ["n2@x.example"]


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


def add_contact(session: Session, name: str, *, body: int | None, position: int = 1, **more: object) -> None:
    session.add(DutyContact(body_id=body, position=position, name=name, email=f"{name}@x.example", **more))
    session.commit()


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


def test_a_second_worker_waits_while_the_first_is_telling_somebody(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    class Slow(kit.Outbox):
        """While it sends, another worker takes the same job."""

        def send(self, mail: object) -> None:
            with pytest.raises(MailDelayed):
                call_duty(kit.jobs(database, mailer=other), hazard_id=hazard.id)
            super().send(mail)

    other, post = kit.Outbox(), Slow()
    call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    call_duty(kit.jobs(database, mailer=other), hazard_id=hazard.id)
    assert (len(post.sent), len(other.sent)) == (1, 0)


def test_a_worker_that_died_while_telling_has_lost_its_turn_soon(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    class Dies(kit.Outbox):
        def send(self, mail: object) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call_duty(kit.jobs(database, mailer=Dies()), hazard_id=hazard.id)
    post = kit.Outbox()
    with pytest.raises(MailDelayed):
        call_duty(kit.jobs(database, mailer=post), hazard_id=hazard.id)
    later = kit.jobs(database, mailer=post, now=lambda: kit.NOW + timedelta(minutes=3))
    call_duty(later, hazard_id=hazard.id)
    call_duty(later, hazard_id=hazard.id)
    assert [mail.to for mail in post.sent] == ["n1@x.example"]


def test_a_mobile_number_gets_an_sms_with_the_link_and_its_trouble_stops_nothing(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    contacts = session.scalars(select(DutyContact).order_by(DutyContact.position)).all()
    contacts[0].phone, contacts[1].phone = "8 (701) 000-00-01", "+7 727 000 00 10"
    session.commit()
    post, phone = kit.Outbox(), Telephone(troubles=[SmsDelayed("busy")])
    jobs = replace(kit.jobs(database, mailer=post), sms=phone)
    call_duty(jobs, hazard_id=hazard.id)
    assert (len(post.sent), phone.sent) == (1, [])
    assert kinds(session) == ["duty_called"]
    session.delete(session.scalars(select(DutyCall)).one())
    session.commit()
    call_duty(jobs, hazard_id=hazard.id)
    (sms,) = phone.sent
    call = session.scalars(select(DutyCall)).one()
    assert (sms.to, sms.key) == ("+77010000001", f"duty-{call.id}")
    assert sms.text.startswith("СРОЧНО: Открытый люк")
    assert sms.text.endswith(f"https://qauip.example/ru/duty/{call.token}")
    with jobs.transaction() as later:
        pass_on_unanswered(later, after=timedelta(0), now=kit.NOW)
    call_duty(jobs, hazard_id=hazard.id)
    assert (len(post.sent), len(phone.sent)) == (3, 1), "a city number gets none"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("87771234567", "+77771234567"),
        ("+7 747-123-45-67", "+77471234567"),
        ("+77270000010", None),
        ("109", None),
        (None, None),
    ],
)
def test_only_mobile_numbers_take_an_sms(typed: str | None, number: str | None) -> None:
    assert mobile_number(typed) == number
