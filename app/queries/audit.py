"""What administrators changed, newest first, and which rows they have ever touched."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models import Account, AuditEntry

PAGE = 50


def history(
    session: Session, *, noun: str | None = None, key: str | None = None, before: int | None = None
) -> Sequence[Any]:
    """Up to PAGE + 1 of (AuditEntry, name of who did it or None, id of the entry that undid it or None).

    `before`: only entries older than this id.
    """
    undoing = aliased(AuditEntry)
    rows = (
        select(AuditEntry, Account.name, undoing.id)
        .outerjoin(Account, Account.id == AuditEntry.by_account)
        .outerjoin(undoing, undoing.undoes_id == AuditEntry.id)
        .order_by(AuditEntry.id.desc())
        .limit(PAGE + 1)
    )
    if noun is not None:
        rows = rows.where(AuditEntry.noun == noun)
    if key is not None:
        rows = rows.where(AuditEntry.key == key)
    if before is not None:
        rows = rows.where(AuditEntry.id < before)
    return session.execute(rows).all()


def undone_by(session: Session, entry_id: int) -> int | None:
    """The entry that took this one back."""
    return session.scalar(select(AuditEntry.id).where(AuditEntry.undoes_id == entry_id))


def edited_keys(session: Session, noun: str) -> set[str]:
    """Keys of all rows of `noun` that an administrator has made, changed or removed."""
    return set(session.scalars(select(AuditEntry.key).where(AuditEntry.noun == noun).distinct()))
