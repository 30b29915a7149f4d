"""Tell an administrator, once for each trouble while it stands."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import Alarm


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
