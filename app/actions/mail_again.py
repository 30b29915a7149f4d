"""Mail that a trouble has kept back goes out once more when an administrator has settled the alarm of that trouble.

Decision: the rows of the outbox say what is waiting, and each gets its job again under its old key, in the transaction
that settles the alarm; the job reads anew what is true, so that nothing stale is sent. A trouble that still stands
raises its alarm anew. Turned down: a timer that tries for ever, which nobody would notice, and a button beside the
alarm, which would be forgotten.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from app.actions.send_again import waiting_staff
from app.domain.dead_letters import MOST_TRIES
from app.models import Hazard, Message, Notice
from app.outbox import JobName, enqueue

TRIES = MOST_TRIES
"""With waits of 3, 9, 27 ... seconds between them: about eight hours in all, of which the last wait is five and a half.

After that a message waits for an administrator.
"""
MAIL_FAILED, NO_ADDRESS, MAIL_STUCK = "mail_failed", "no_address", "mail_stuck"
VAULT_CLOSED = "vault_closed"
JOBS = {
    "assigned": JobName.NOTIFY_BODY,
    "rerouted": JobName.NOTIFY_REROUTED,
    JobName.TELL_HEAD.value: JobName.TELL_HEAD,
    JobName.TELL_ABOVE.value: JobName.TELL_ABOVE,
}
"""The job of each kind of message."""


def send_again(session: Session, *, trouble: str, body_id: int | None) -> int:
    """Enqueue what the `trouble` (an alarm's kind) has kept back: of the body, or of all. How many messages."""
    if trouble == VAULT_CLOSED:
        return _notices_again(session) + waiting_staff(session)
    waiting = _waiting(trouble, body_id)
    if waiting is None:
        return 0
    again = session.execute(
        update(Message)
        .where(waiting, _still_wanted())
        .values(state="queued", attempts=0, sent_at=None)
        .returning(Message.kind, Message.key, Message.hazard_id)
        .execution_options(synchronize_session=False)
    ).all()
    for kind, key, hazard_id in again:
        enqueue(session, JOBS[kind], hazard_id=hazard_id, event_id=event_id_of(key))
    return len(again)


def _notices_again(session: Session) -> int:
    """All notices to followers that wait; one that is in the queue already is sent once all the same."""
    waiting = session.scalars(select(Notice.id).where(Notice.state == "queued")).all()
    for notice_id in waiting:
        enqueue(session, JobName.SEND_NOTICE, notice_id=notice_id)
    return len(waiting)


def _waiting(trouble: str, body_id: int | None) -> ColumnElement[bool] | None:
    if trouble == MAIL_STUCK:
        return and_(Message.state == "queued", Message.attempts >= TRIES)
    if trouble == MAIL_FAILED:
        return and_(Message.body_id == body_id, Message.state.in_(("refused", "bounced")))
    if trouble == NO_ADDRESS:
        return and_(Message.body_id == body_id, Message.state == "queued", Message.recipient == "")
    return None


def _still_wanted() -> ColumnElement[bool]:
    """Of one hazard: while it is open and the body's. A message about many asks for itself what is left of them."""
    theirs = exists().where(Hazard.id == Message.hazard_id, Hazard.body_id == Message.body_id, Hazard.is_open)
    return or_(Message.kind != "assigned", theirs)


def event_id_of(key: str) -> int:
    """The middle part of `jobs/mail_keys.message_key`."""
    return int(key.split("-")[1])
