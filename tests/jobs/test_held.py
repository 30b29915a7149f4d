"""The desk is told at once, once, and not a word of what; where nobody can be told, an alarm stands at once."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.actions.held import hold_report
from app.domain.held import Sealed
from app.gateways.mail import MailDelayed, MailRefused
from app.jobs.held import erase_held_reports, sweep_held, tell_desk
from app.models import Alarm, Held
from tests.jobs.kit import NOW, POLICY, Outbox, jobs


@pytest.fixture
def held_id(session) -> int:
    sealed = Sealed("k", b"sealed words")
    made = hold_report(session, client_id=uuid4(), said=b"", seal=lambda _: (sealed, [sealed]), policy=POLICY, now=NOW)
    session.commit()
    return session.scalars(select(Held.id).where(Held.reference == made.reference)).one()


def alarms(session):
    return list(session.scalars(select(Alarm.kind).execution_options(populate_existing=True)))


def test_the_mail_goes_once_and_says_nothing_but_where(database, session, held_id):
    outbox = Outbox()
    known = replace(jobs(database, mailer=outbox), desk_email="desk@example.org")
    tell_desk(known, held_id=held_id)
    tell_desk(known, held_id=held_id)
    (mail,) = outbox.sent
    assert (mail.to, mail.key.startswith(f"held-{held_id}.")) == ("desk@example.org", True)
    assert "https://qauip.example/desk/held" in mail.text
    reference = session.scalars(select(Held.reference)).one()
    assert reference not in mail.text + mail.html + mail.subject
    assert alarms(session) == []


def test_a_delay_is_tried_again_and_a_refusal_is_an_alarm(database, session, held_id):
    outbox = Outbox(troubles=[MailDelayed("later"), MailRefused("no such box")])
    known = replace(jobs(database, mailer=outbox), desk_email="desk@example.org")
    with pytest.raises(MailDelayed):
        tell_desk(known, held_id=held_id)
    tell_desk(known, held_id=held_id)
    assert alarms(session) == ["held_untold"]


def test_without_an_address_the_alarm_stands_at_once_and_once(database, session, held_id):
    for _ in range(2):
        tell_desk(jobs(database), held_id=held_id)
    assert alarms(session) == ["held_untold"]


def test_what_is_decided_already_is_not_told(database, session, held_id):
    session.execute(update(Held).where(Held.id == held_id).values(state="nothing", decided_at=NOW))
    session.commit()
    tell_desk(jobs(database), held_id=held_id)
    assert alarms(session) == []


def test_the_sweep_alarms_late_ones_only(database, session, held_id):
    sweep_held(jobs(database))
    assert alarms(session) == []
    session.execute(update(Held).values(state="waiting"))
    late = jobs(database, now=lambda: NOW.replace(minute=16))
    sweep_held(late)
    sweep_held(late)
    assert alarms(session) == ["held_waits"]


def test_a_worker_without_the_desks_role_erases_nothing_and_does_not_fail(database, held_id):
    erase_held_reports(jobs(database))
