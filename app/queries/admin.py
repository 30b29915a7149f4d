"""What an administrator must see: hazards that nobody answers for, and alarms that nobody has settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.hazard import Status
from app.models import Alarm, Area, Body, Hazard, HazardType

MANY = 200


@dataclass(frozen=True)
class Queue:
    """The oldest `MANY` hazards without a body, and how many there are."""

    rows: Sequence[Any]
    total: int


def without_body(session: Session) -> Queue:
    """Hazards in the queue, the most dangerous and then the oldest first: (Hazard, HazardType, Area or None)."""
    waits = (Hazard.body_id.is_(None), Hazard.status == Status.RECEIVED, ~Hazard.held)
    rows = session.execute(
        select(Hazard, HazardType, Area)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .outerjoin(Area, Area.id == Hazard.area_id)
        .where(*waits)
        .order_by(Hazard.urgent.desc(), Hazard.received_at, Hazard.id)
        .limit(MANY)
    ).all()
    return Queue(rows, session.scalar(select(func.count()).select_from(Hazard).where(*waits)) or 0)


def standing_alarms(session: Session) -> Sequence[Any]:
    """Alarms not settled yet, the oldest first: (Alarm, Body or None, reference or None)."""
    return session.execute(
        select(Alarm, Body, Hazard.reference)
        .outerjoin(Body, Body.id == Alarm.body_id)
        .outerjoin(Hazard, Hazard.id == Alarm.hazard_id)
        .where(Alarm.settled_at.is_(None))
        .order_by(Alarm.raised_at, Alarm.id)
        .limit(MANY)
    ).all()
