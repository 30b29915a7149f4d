"""Hazards whose owner is not known: the arbiter's queue."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.models import Area, Body, Event, Hazard, HazardType

MANY = 200
_WAITING = (Hazard.is_open, Hazard.owner_unknown, ~Hazard.held)


def owner_unknown(session: Session) -> Sequence[Any]:
    """(Hazard, HazardType, Area or None, Body or None), the arbiter's nearest deadline first; at most `MANY`."""
    return session.execute(
        select(Hazard, HazardType, Area, Body)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .outerjoin(Area, Area.id == Hazard.area_id)
        .outerjoin(Body, Body.id == Hazard.body_id)
        .where(*_WAITING)
        .order_by(Hazard.owner_due, Hazard.id)
        .limit(MANY)
    ).all()


def owner_unknown_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Hazard).where(*_WAITING)) or 0


def last_refusal(session: Session, hazard_ids: Sequence[int]) -> dict[int, str]:
    """What the last body that said "not ours" wrote, by hazard."""
    rows = session.execute(
        select(Event.hazard_id, Event.note)
        .ext(distinct_on(Event.hazard_id))
        .where(Event.hazard_id.in_(hazard_ids), Event.kind.in_(("forward", "disclaim")))
        .order_by(Event.hazard_id, Event.id.desc())
    )
    return {row.hazard_id: row.note for row in rows}
