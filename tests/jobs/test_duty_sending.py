"""A call to who is on duty goes out once: workers that die or meet, dead addresses, telephones in trouble."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.duty import pass_on_unanswered
from app.db import Databases
from app.domain.duty import mobile_number
from app.gateways.mail import MailDelayed, MailRefused
from app.gateways.sms import SmsDelayed
from app.jobs.call_duty import call_duty
from app.models import DutyCall, DutyContact, Hazard
from app.outbox import JobName
from tests.jobs import kit
from tests.jobs.duty_kit import hazard, kinds, queued
from tests.jobs.staff_kit import Telephone

__all__ = ["hazard"]


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


def test_the_sms_says_that_what_made_it_safe_has_run_out(session: Session, database: Databases, hazard: Hazard) -> None:
    session.scalars(select(DutyContact).order_by(DutyContact.position)).all()[0].phone = "87010000001"
    expired = session.get_one(Hazard, hazard.id)
    expired.inspect_due, expired.inspect_measure = kit.NOW, "grid"
    session.commit()
    phone = Telephone()
    call_duty(replace(kit.jobs(database, mailer=kit.Outbox()), sms=phone), hazard_id=hazard.id)
    assert ". Временная мера закончилась: снова опасно. " in phone.sent[0].text


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
