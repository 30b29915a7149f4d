"""What nobody took: send it again, all of a kind, or throw it away with a reason. An administrator's.

Decision: five sources under one order each, since each keeps its own rows and its own job. Turned down: a table of dead
letters beside them, which would say something else than the rows after the first crash in between.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, text, true, update
from sqlalchemy.orm import Session

from app.actions.audit_note import note_audit
from app.actions.mail_again import JOBS, TRIES, event_id_of
from app.actions.send_again import deliveries_again, notices_again, staff_again
from app.domain.dead_letters import Source
from app.domain.errors import NeedsReason, NotDead
from app.domain.permissions import Actor, Permission, ensure
from app.domain.text import clean
from app.models import Message, Notice, StaffNotice, WebhookDelivery
from app.outbox import enqueue

MOST_JOBS = 500
DEAD_MESSAGE = or_(
    Message.state.in_(("refused", "bounced")), and_(Message.state == "queued", Message.attempts >= TRIES)
)
_FAILED = text("SELECT id FROM procrastinate_jobs WHERE status = 'failed' AND (:id = 0 OR id = :id) LIMIT :most")
_RETRY = text("SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)")
_DROP = text("DELETE FROM procrastinate_jobs WHERE id = :id AND status = 'failed' RETURNING task_name")


def retry(session: Session, *, by: Actor, source: Source, letter_id: int, now: datetime) -> None:
    """Once more under its key. Raises NotDead where that was done meanwhile, NotPermitted."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    if not _AGAIN[source](session, letter_id):
        raise NotDead()
    _note(session, by, f"{source}-{letter_id}", {"state": "retried"}, now)


def retry_all(session: Session, *, by: Actor, source: Source, now: datetime) -> int:
    """All of a source; how many."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    many = _AGAIN[source](session, 0)
    if many:
        _note(session, by, f"{source}-all", {"state": "retried", "reason": str(many)}, now)
    return many


def discard(session: Session, *, by: Actor, source: Source, letter_id: int, reason: str, now: datetime) -> None:
    """It is never sent. Raises NeedsReason, NotDead, NotPermitted."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    said = clean(reason)
    if not said:
        raise NeedsReason()
    if not _gone(session, source, letter_id):
        raise NotDead()
    _note(session, by, f"{source}-{letter_id}", {"state": "discarded", "reason": said}, now)


def _note(session: Session, by: Actor, key: str, after: dict[str, str], now: datetime) -> None:
    note_audit(session, by=by, noun="dead_letter", key=key, before={}, after=after, now=now)


def _which(column: Any, letter_id: int) -> ColumnElement[bool]:
    return column == letter_id if letter_id else true()


def _messages(session: Session, letter_id: int) -> int:
    again = session.execute(
        update(Message)
        .where(DEAD_MESSAGE, _which(Message.id, letter_id))
        .values(state="queued", attempts=0, sent_at=None)
        .returning(Message.kind, Message.key, Message.hazard_id)
        .execution_options(synchronize_session=False)
    ).all()
    for kind, key, hazard_id in again:
        enqueue(session, JOBS[kind], hazard_id=hazard_id, event_id=event_id_of(key))
    return len(again)


def _jobs(session: Session, letter_id: int) -> int:
    failed = session.scalars(_FAILED, {"id": letter_id, "most": MOST_JOBS}).all()
    for number in failed:
        session.execute(_RETRY, {"id": number})
    return len(failed)


def _gone(session: Session, source: Source, letter_id: int) -> bool:
    if source is Source.JOB:
        return session.scalar(_DROP, {"id": letter_id}) is not None
    model, dead = _DEAD[source]
    found = session.scalar(select(model).where(model.id == letter_id, dead).with_for_update())
    if found is not None:
        found.state = "discarded"
    return found is not None


_AGAIN: dict[Source, Callable[[Session, int], int]] = {
    Source.MESSAGE: _messages,
    Source.NOTICE: lambda session, number: notices_again(session, _which(Notice.id, number)),
    Source.STAFF: lambda session, number: staff_again(session, _which(StaffNotice.id, number)),
    Source.WEBHOOK: lambda session, number: deliveries_again(session, _which(WebhookDelivery.id, number)),
    Source.JOB: _jobs,
}
_DEAD: dict[Source, tuple[Any, ColumnElement[bool]]] = {
    Source.MESSAGE: (Message, DEAD_MESSAGE),
    Source.NOTICE: (Notice, Notice.state == "refused"),
    Source.STAFF: (StaffNotice, StaffNotice.state.in_(("refused", "bounced"))),
    Source.WEBHOOK: (WebhookDelivery, WebhookDelivery.state == "refused"),
}
