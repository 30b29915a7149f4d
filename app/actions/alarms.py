"""Tell an administrator, once for each trouble while it stands."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.mail_again import MAIL_FAILED, send_again
from app.actions.send_again import after_alarm
from app.domain.errors import AlreadyDecided
from app.domain.permissions import Actor, Permission, ensure
from app.models import Alarm, Body


def raise_alarm(
    session: Session,
    *,
    key: str,
    kind: str,
    now: datetime,
    body_id: int | None = None,
    hazard_id: int | None = None,
    **data: Any,
) -> bool:
    """Whether it is a new one: an alarm with this key that is not settled yet is left as it is."""
    statement = insert(Alarm).values(key=key, kind=kind, body_id=body_id, hazard_id=hazard_id, data=data, raised_at=now)
    free = statement.on_conflict_do_nothing(index_elements=[Alarm.key], index_where=Alarm.settled_at.is_(None))
    return session.scalar(free.returning(Alarm.id)) is not None


def settle_alarm(session: Session, *, by: Actor, alarm_id: int, now: datetime) -> Alarm:
    """Somebody has seen to it: mail that the trouble kept back is sent again (`mail_again.py`). Raises DomainError."""
    ensure(by, Permission.ADMINISTER)
    alarm = session.get(Alarm, alarm_id, with_for_update=True)
    if alarm is None or alarm.settled_at is not None:
        raise AlreadyDecided()
    alarm.settled_at, alarm.settled_by = now, by.account_id
    if alarm.kind == MAIL_FAILED and alarm.body_id is not None:
        session.get_one(Body, alarm.body_id).mail_failed_at = None
    send_again(session, trouble=alarm.kind, body_id=alarm.body_id)
    after_alarm(session, alarm)
    return alarm
