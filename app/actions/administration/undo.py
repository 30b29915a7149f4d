"""Take back one change: the row becomes what it was before, and that too is an entry.

Refused when the row has changed since, so that nobody's later work is lost by an old mistake.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.actions.administration.bodies import BODY
from app.actions.administration.calendar import DAY
from app.actions.administration.crews import CREW, MEMBER
from app.actions.administration.deputies import DEPUTY
from app.actions.administration.duty import DUTY
from app.actions.administration.escalation import DUTY_RULE, STEP
from app.actions.administration.record import Change, Noun, edit, make, remove
from app.actions.administration.rules import RULE
from app.actions.administration.shifts import SHIFT
from app.actions.administration.types import TYPE
from app.actions.reply_templates import TEMPLATE
from app.domain.errors import AlreadyUndone, ChangedSince, UnknownEntry
from app.domain.permissions import Actor, Permission, ensure
from app.models import AuditEntry
from app.queries.audit import undone_by

NOUNS: dict[str, Noun] = {
    noun.name: noun for noun in (BODY, RULE, DAY, TYPE, STEP, DUTY_RULE, DUTY, TEMPLATE, CREW, MEMBER, DEPUTY, SHIFT)
}


def undo_change(session: Session, *, by: Actor, entry_id: int, now: datetime) -> AuditEntry:
    """Restore what stood before the entry; the entry that was taken back.

    Raises UnknownEntry, AlreadyUndone, ChangedSince, and what the row as it was would now be refused for.
    """
    ensure(by, Permission.ADMINISTER, anywhere=True)
    entry = session.get(AuditEntry, entry_id)
    noun = NOUNS.get(entry.noun) if entry else None
    if entry is None or noun is None:
        raise UnknownEntry()
    row = noun.find(session, entry.key)
    if undone_by(session, entry_id) is not None:
        raise AlreadyUndone()
    if not _as_left(noun, row, entry):
        raise ChangedSince()
    _restore(session, noun, row, entry, Change(by, now, undoes=entry_id))
    return entry


def _as_left(noun: Noun, row: Any, entry: AuditEntry) -> bool:
    """Whether the row is as the entry left it, in the columns that the entry knows."""
    if row is None or entry.after is None:
        return row is None and entry.after is None
    now = noun.snapshot(row)
    return all(now.get(name) == value for name, value in entry.after.items())


def _restore(session: Session, noun: Noun, row: Any, entry: AuditEntry, change: Change) -> None:
    if entry.before is None:
        remove(session, noun, row, change=change)
    elif row is None:
        make(session, noun, dict(entry.before), change=change)
    else:
        edit(session, noun, row, dict(entry.before), change=change)
