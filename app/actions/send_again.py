"""Notices to people and messages to systems go out once more: one, all of a kind, or what an alarm had kept back.

Each keeps its key, and gets its job in the transaction that says so; the job reads anew what is true.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.models import Account, Alarm, Notice, StaffNotice, StaffSetting, WebhookDelivery
from app.outbox import JobName, enqueue

NOTICE_STUCK, STAFF_MAIL_FAILED, STAFF_PHONE_FAILED = "notice_stuck", "staff_mail_failed", "staff_phone_failed"
WEBHOOK_FAILED = "webhook_failed"
GAVE_UP = "gave up"
"""How the reason begins where nobody was to blame but time."""


def after_alarm(session: Session, alarm: Alarm) -> int:
    """What the trouble of a settled alarm has kept back; the address counts as good again. How many."""
    if alarm.kind == NOTICE_STUCK:
        mine = StaffNotice.error.startswith(GAVE_UP) | (StaffNotice.channel == "push")
        return staff_again(session, mine) + notices_again(session, Notice.error.startswith(GAVE_UP))
    if alarm.kind in {STAFF_MAIL_FAILED, STAFF_PHONE_FAILED}:
        return _of_account(session, int(alarm.data["account"]), email=alarm.kind == STAFF_MAIL_FAILED)
    if alarm.kind == WEBHOOK_FAILED:
        return deliveries_again(session, WebhookDelivery.webhook_id == int(alarm.key.rpartition(":")[2]))
    return 0


def staff_again(session: Session, which: ColumnElement[bool]) -> int:
    """Of those that were refused or came back."""
    dead = StaffNotice.state.in_(("refused", "bounced"))
    values = {"state": "queued", "attempts": 0, "sent_at": None}
    statement = update(StaffNotice).where(dead, which).values(**values).returning(StaffNotice.id)
    return _enqueue(session, session.scalars(statement).all(), JobName.SEND_STAFF_NOTICE, "notice_id")


def notices_again(session: Session, which: ColumnElement[bool]) -> int:
    """Of those to followers that were refused."""
    statement = update(Notice).where(Notice.state == "refused", which).values(state="queued", attempts=0)
    return _enqueue(session, session.scalars(statement.returning(Notice.id)).all(), JobName.SEND_NOTICE, "notice_id")


def deliveries_again(session: Session, which: ColumnElement[bool]) -> int:
    """Of those to webhooks that were refused."""
    statement = update(WebhookDelivery).where(WebhookDelivery.state == "refused", which)
    again = session.scalars(statement.values(state="queued", attempts=0).returning(WebhookDelivery.id)).all()
    return _enqueue(session, again, JobName.DELIVER_WEBHOOK, "delivery_id")


def _of_account(session: Session, account_id: int, *, email: bool) -> int:
    if email:
        session.execute(update(Account).where(Account.id == account_id).values(mail_failed_at=None))
    else:
        session.execute(update(StaffSetting).where(StaffSetting.account_id == account_id).values(phone_failed_at=None))
    channel = StaffNotice.channel == ("email" if email else "sms")
    return staff_again(session, (StaffNotice.account_id == account_id) & channel)


def _enqueue(session: Session, ids: Sequence[int], job: JobName, name: str) -> int:
    for number in ids:
        enqueue(session, job, **{name: number})
    return len(ids)


def waiting_staff(session: Session) -> int:
    """Notices that wait since no worker could open the vault; one that is in the queue already is sent once."""
    waiting = session.scalars(
        select(StaffNotice.id).where(StaffNotice.state == "queued", StaffNotice.channel == "push")
    ).all()
    return _enqueue(session, waiting, JobName.SEND_STAFF_NOTICE, "notice_id")
