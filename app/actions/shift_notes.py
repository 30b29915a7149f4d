"""What one shift leaves to the next: written once, and read by somebody else who says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.errors import NeedsShiftNote, OwnShiftNote, UnknownShiftNote
from app.domain.permissions import Actor, Permission, ensure
from app.domain.text import clean
from app.models import ShiftNote

MOST_HAZARDS = 100


def leave_note(session: Session, *, by: Actor, note: str, hazards: Sequence[str], now: datetime) -> ShiftNote:
    """A note for the next shift of the own body. `hazards`: references of what is pressing. Raises NeedsShiftNote."""
    ensure(by, Permission.WORK, body_id=by.body_id)
    words = clean(note)
    if not words.strip():  # the list alone says nothing that the next shift does not see by itself
        raise NeedsShiftNote()
    made = ShiftNote(
        body_id=by.body_id, at=now, by_account=by.account_id, note=words, hazards=list(hazards[:MOST_HAZARDS])
    )
    session.add(made)
    session.flush()
    return made


def confirm_note(session: Session, *, by: Actor, note_id: int, now: datetime) -> ShiftNote:
    """Somebody has read it; again changes nothing. Raises UnknownShiftNote (also another body's), OwnShiftNote."""
    note = session.get(ShiftNote, note_id, with_for_update=True)
    if note is None or not by.may(Permission.WORK, body_id=note.body_id):
        raise UnknownShiftNote()
    if note.by_account == by.account_id:
        raise OwnShiftNote()
    if note.read_at is None:
        note.read_at, note.read_by = now, by.account_id
    return note
