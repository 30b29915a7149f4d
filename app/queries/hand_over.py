"""What the next shift must know: open hazards that press, and the notes of those before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from app.domain.hazard import Severity
from app.models import Account, Hazard, ShiftNote

SOON = timedelta(hours=12)
"""Within the shift that begins."""
MOST = 50
NOTES = 10


@dataclass(frozen=True)
class Pressing:
    """Ids: life-threatening and not made safe; made safe and to be checked again soon; due soon or overdue. Each hazard
    in the first list that fits; at most MOST in each.
    """

    critical: Sequence[int]
    expiring: Sequence[int]
    due: Sequence[int]


def pressing(session: Session, body_id: int, now: datetime) -> Pressing:
    """What of a body cannot wait for the shift after the next."""
    soon = now + SOON
    critical = (Hazard.severity == Severity.CRITICAL) & Hazard.made_safe_at.is_(None)
    expiring = Hazard.made_safe_until <= soon
    due = Hazard.next_due <= soon
    return Pressing(
        _ids(session, body_id, critical),
        _ids(session, body_id, ~critical & expiring),
        _ids(session, body_id, ~critical & due & (Hazard.made_safe_until.is_(None) | ~expiring)),
    )


def notes_of(session: Session, body_id: int) -> Sequence[Any]:
    """(ShiftNote, who wrote it, who read it), the newest first."""
    writer, reader = aliased(Account), aliased(Account)
    return session.execute(
        select(ShiftNote, writer.name, reader.name)
        .join(writer, writer.id == ShiftNote.by_account)
        .outerjoin(reader, reader.id == ShiftNote.read_by)
        .where(ShiftNote.body_id == body_id)
        .order_by(ShiftNote.at.desc(), ShiftNote.id.desc())
        .limit(NOTES)
    ).all()


def unread_notes(session: Session, body_id: int, account_id: int | None) -> int:
    """How many notes wait for somebody other than who wrote them."""
    found = select(ShiftNote.id).where(ShiftNote.body_id == body_id, ShiftNote.read_at.is_(None))
    return len(session.scalars(found.where(ShiftNote.by_account != account_id).limit(NOTES)).all())


def _ids(session: Session, body_id: int, which: ColumnElement[bool]) -> Sequence[int]:
    found = select(Hazard.id).where(Hazard.body_id == body_id, Hazard.is_open, ~Hazard.held, which)
    return session.scalars(found.order_by(Hazard.next_due, Hazard.id).limit(MOST)).all()
