"""What lies sealed in the vault, by the key that opens it: for changing keys. Read by the desk's role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect, select, union
from sqlalchemy.orm import Session

from app.models import Contact, Held, HeldPhoto, StaffPush

SealedRow = Contact | Held | HeldPhoto | StaffPush
SEALED: tuple[type[SealedRow], ...] = (Contact, Held, HeldPhoto, StaffPush)


def keys_in_use(session: Session) -> frozenset[str]:
    """The ids of all keys that something in the vault needs."""
    every = union(*(select(kind.key_id).where(kind.sealed.is_not(None)) for kind in SEALED))
    return frozenset(session.scalars(every))


def under_older_keys(session: Session, kind: type[Any], newest: str, *, limit: int) -> Sequence[SealedRow]:
    """Rows sealed with another key than `newest`, locked; rows that somebody else is changing are left for later."""
    key = inspect(kind).primary_key[0]
    found: Sequence[SealedRow] = session.scalars(
        select(kind)
        .where(kind.key_id != newest, kind.sealed.is_not(None))
        .order_by(key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return found
