"""What an administrator must see: hazards that nobody answers for, and alarms that nobody has settled."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from app.domain.hazard import Status
from app.models import Account, Alarm, Area, Body, Hazard, HazardType

MANY = 200
PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class After:
    """The last row of a page of the queue."""

    urgent: bool
    received_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.urgent:d}_{(self.received_at - EPOCH) // timedelta(microseconds=1)}_{self.id}"

    @classmethod
    def parse(cls, typed: str) -> "After | None":
        """What `str` made; None for anything else."""
        found = re.fullmatch(r"([01])_([0-9]{1,16})_([0-9]{1,18})", typed)
        if found is None:
            return None
        urgent, moment, number = map(int, found.groups())
        return cls(bool(urgent), EPOCH + timedelta(microseconds=moment), number)


@dataclass(frozen=True)
class Queue:
    """One page of hazards without a body, and how many there are in all; `next` leads to the following page."""

    rows: Sequence[Any]
    total: int
    next: After | None


def without_body(session: Session, *, after: After | None = None, limit: int = PAGE) -> Queue:
    """Hazards in the queue, the most dangerous and then the oldest first: (Hazard, HazardType, Area or None)."""
    waits = (Hazard.body_id.is_(None), Hazard.status == Status.RECEIVED, ~Hazard.held)
    rows = session.execute(
        select(Hazard, HazardType, Area)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .outerjoin(Area, Area.id == Hazard.area_id)
        .where(*waits, _behind(after))
        .order_by(Hazard.urgent.desc(), Hazard.received_at, Hazard.id)
        .limit(limit + 1)
    ).all()
    shown = rows[:limit]
    last = shown[-1][0] if len(rows) > limit else None
    total = session.scalar(select(func.count()).select_from(Hazard).where(*waits)) or 0
    return Queue(shown, total, After(last.urgent, last.received_at, last.id) if last else None)


def _behind(after: After | None) -> ColumnElement[bool]:
    if after is None:
        return true()
    later = tuple_(Hazard.received_at, Hazard.id) > tuple_(after.received_at, after.id)
    same = and_(Hazard.urgent == after.urgent, later)
    return or_(~Hazard.urgent, same) if after.urgent else same


def standing_alarms(session: Session, *, body_id: int | None = None) -> Sequence[Any]:
    """Alarms not settled yet, of one body or of all, the oldest first: (Alarm, Body or None, reference or None, the
    name of the person whose address it is about or None).
    """
    seen = true() if body_id is None else Hazard.body_id == body_id  # passed on meanwhile: its number is not theirs
    person = Account.id == cast(Alarm.data["account"].astext, BigInteger)
    asked = (
        select(Alarm, Body, Hazard.reference, Account.name)
        .outerjoin(Body, Body.id == Alarm.body_id)
        .outerjoin(Hazard, and_(Hazard.id == Alarm.hazard_id, seen))
        .outerjoin(Account, person)
        .where(_stands(body_id))
    )
    return session.execute(asked.order_by(Alarm.raised_at, Alarm.id).limit(MANY)).all()


def count_alarms(session: Session, *, body_id: int | None = None) -> int:
    """How many stand, of one body or of all."""
    return session.scalar(select(func.count()).select_from(Alarm).where(_stands(body_id))) or 0


def _stands(body_id: int | None) -> ColumnElement[bool]:
    return and_(Alarm.settled_at.is_(None), true() if body_id is None else Alarm.body_id == body_id)
