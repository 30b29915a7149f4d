"""What a trouble has kept back is sent when its alarm is settled; what is no longer wanted is not."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.alarms import settle_alarm
from app.actions.mail_again import JOBS, TRIES
from app.actions.messages import message_bounced
from app.db import Databases, transaction
from app.domain.permissions import Actor, Role
from app.gateways.mail import MailDelayed, MailRefused
from app.jobs import HANDLERS
from app.jobs.notify_body import notify_body
from app.models import Alarm, Body, Hazard, Message
from app.outbox import JobName
from tests.jobs import kit
from tests.jobs.kit import NOW, Outbox
from tests.web.pages import make_account


class Post:
    """One or more bodies with a hazard each, the worker's hands, and an administrator."""

    def __init__(self, database: Databases, session: Session) -> None:
        self.database = database
        self.outbox = Outbox()
        self.admin: Actor = make_account(session, Role.ADMINISTRATOR).actor
        with transaction(database.app) as opened:
            kit.add_types(opened)

    def hazard(self, *, email: str | None = "duty@vodokanal.example") -> dict[str, int]:
        with transaction(self.database.app) as session:
            made = kit.add_hazard(session, body_id=kit.add_body(session, email=email))
            made.severity = "high"  # a critical one calls who is on duty as well
            return {"hazard_id": made.id, "event_id": kit.assigned(session, made)}

    def tell(self, ids: dict[str, int], *troubles: Exception) -> None:
        self.outbox.troubles = list(troubles)
        for _ in range(max(1, len(troubles))):
            try:
                notify_body(kit.jobs(self.database, mailer=self.outbox), **ids)
            except MailDelayed:
                continue

    def settle(self) -> None:
        with transaction(self.database.app) as session:
            for alarm in session.scalars(select(Alarm.id).where(Alarm.settled_at.is_(None))).all():
                settle_alarm(session, by=self.admin, alarm_id=alarm, now=NOW)

    def work(self) -> int:
        """Run what is in the queue; how many jobs."""
        with transaction(self.database.app) as session:
            rows = session.execute(text("DELETE FROM procrastinate_jobs RETURNING task_name, args")).all()
        for name, ids in rows:
            HANDLERS[JobName(name)](kit.jobs(self.database, mailer=self.outbox), **ids)
        return len(rows)

    def states(self) -> list[str]:
        with transaction(self.database.app) as session:
            return list(session.scalars(select(Message.state).order_by(Message.id)))

    def alarms(self) -> list[str]:
        with transaction(self.database.app) as session:
            return list(session.scalars(select(Alarm.kind).where(Alarm.settled_at.is_(None)).order_by(Alarm.id)))


@pytest.fixture
def post(database: Databases, session: Session) -> Post:
    return Post(database, session)


def test_our_own_mail_server_being_down_blames_no_address_and_all_letters_go_out_after_it(post: Post) -> None:
    for _ in range(2):
        post.tell(post.hazard(), *[MailDelayed("connection refused")] * TRIES)
    assert post.states() == ["queued", "queued"]
    assert post.alarms() == ["mail_stuck"]
    with transaction(post.database.app) as session:
        assert session.scalars(select(Body.mail_failed_at)).all() == [None, None]
    assert post.work() == 0
    post.settle()
    assert post.work() == 2
    assert post.states() == ["sent", "sent"]


def test_after_settling_it_is_tried_as_long_again(post: Post) -> None:
    ids = post.hazard()
    post.tell(ids, *[MailDelayed("connection refused")] * TRIES)
    post.settle()
    with pytest.raises(MailDelayed):
        notify_body(kit.jobs(post.database, mailer=Outbox(troubles=[MailDelayed("still down")])), **ids)
    assert post.alarms() == []


def test_a_body_whose_mail_had_failed_is_written_to_again(post: Post) -> None:
    refused, bounced, other = post.hazard(), post.hazard(), post.hazard()
    post.tell(refused, MailRefused("550 no such user"))
    post.tell(bounced)
    post.tell(other)
    with transaction(post.database.app) as session:
        key = session.scalars(select(Message.key).where(Message.hazard_id == bounced["hazard_id"])).one()
        message_bounced(session, key=key, error="550", now=NOW)
    assert post.states() == ["refused", "bounced", "sent"]
    post.settle()
    assert post.work() == 2
    assert post.states() == ["sent"] * 3


def test_a_trouble_that_still_stands_raises_its_alarm_anew(post: Post) -> None:
    post.tell(post.hazard(), MailRefused("550 no such user"))
    post.settle()
    assert post.alarms() == []
    post.outbox.troubles = [MailRefused("550 no such user")]
    post.work()
    assert post.alarms() == ["mail_failed"]


@pytest.mark.parametrize("email", ["new@vodokanal.example", None])
def test_the_hazards_of_a_body_without_an_address_wait_for_one(post: Post, email: str | None) -> None:
    ids = post.hazard(email=None)
    post.tell(ids)
    assert post.alarms() == ["no_address"]
    with transaction(post.database.app) as session:
        session.scalars(select(Body)).one().email = email
    post.settle()
    assert post.work() == 1
    assert [letter.to for letter in post.outbox.sent] == ([email] if email else [])
    assert post.alarms() == ([] if email else ["no_address"])


@pytest.mark.parametrize("change", [{"status": "not_found", "closed_at": NOW}, {"body_id": "another"}])
def test_what_is_no_longer_wanted_is_not_sent_again(post: Post, change: dict[str, object]) -> None:
    ids = post.hazard()
    post.tell(ids, MailRefused("550 no such user"))
    with transaction(post.database.app) as session:
        for name, value in change.items():
            new = kit.add_body(session) if value == "another" else value
            setattr(session.get_one(Hazard, ids["hazard_id"]), name, new)
    post.settle()
    assert post.work() == 0
    assert post.states() == ["refused"]


def test_every_kind_of_message_has_its_job() -> None:
    assert set(JOBS.values()) == {
        JobName.NOTIFY_BODY,
        JobName.NOTIFY_REROUTED,
        JobName.TELL_HEAD,
        JobName.TELL_ABOVE,
    }
