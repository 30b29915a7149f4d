"""Change one row of what an administrator keeps, and write what it was and what it is (`audit_entry`).

Decision: a noun says which columns of which table are an administrator's; making, editing, removing and undoing are
then the same few steps for all of them. Turned down: a trigger that writes the audit, since it knows no person; and
history tables, one more for each table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import insert, null, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import DomainError, NothingChanged, StaleVersion, StillInUse
from app.domain.permissions import Actor
from app.models import AuditEntry

Values = dict[str, Any]
"""Columns of a row by attribute, as JSON holds them: days as "2026-11-24"."""
Rows = Mapping[str, Values]
"""Values of rows by their keys."""


class Noun:
    """One kind of thing that an administrator keeps. `fields`: the columns that may be changed and undone."""

    name: ClassVar[str]
    model: ClassVar[Any]
    key: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]
    days: ClassVar[frozenset[str]] = frozenset()
    missing: ClassVar[type[DomainError]]

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        """Raise DomainError when `row`, as it now is, makes no sense. `before` None: it is new."""

    def check_removal(self, session: Session, row: Any) -> None:
        """Raise DomainError when the locked `row` may not go, whether it is removed or its making undone."""

    def around(self, session: Session, row: Any, values: Values) -> AbstractContextManager[None]:
        """What must happen about the writing of `values`."""
        return nullcontext()

    def find(self, session: Session, key: str) -> Any:
        """The row, locked, or None."""
        wanted = self.key_value(key)
        if wanted is None:
            return None
        return session.scalar(select(self.model).where(getattr(self.model, self.key) == wanted).with_for_update())

    def key_value(self, key: str) -> Any:
        """`key` as the column holds it, None for one that cannot be."""
        return key

    def snapshot(self, row: Any) -> Values:
        return {name: _plain(getattr(row, name)) for name in self.fields}

    def write(self, row: Any, values: Mapping[str, Any]) -> None:
        for name in self.fields:
            if name in values:
                given = values[name]
                setattr(row, name, date.fromisoformat(given) if name in self.days and given else given)

    def key_of(self, row: Any) -> str:
        return str(_plain(getattr(row, self.key)))


@dataclass(frozen=True)
class Change:
    """Who changes, when, and which entry it undoes."""

    by: Actor
    now: datetime
    undoes: int | None = None


def make(session: Session, noun: Noun, values: Values, *, change: Change) -> Any:
    """A new row with its entry."""
    row = noun.model()
    noun.write(row, values)
    noun.check(session, row, None)
    session.add(row)
    _flush(session)
    _add(session, noun, _Entry(noun.key_of(row), None, noun.snapshot(row)), change)
    return row


def edit(session: Session, noun: Noun, row: Any, values: Values, *, change: Change, seen: str | None = None) -> Any:
    """Write `values` over a locked row. Raises NothingChanged, and StaleVersion when it is not as `seen` any more."""
    before = noun.snapshot(row)
    refuse_stale(before, seen)
    with noun.around(session, row, values):
        noun.write(row, values)
        after = noun.snapshot(row)
        if after == before:
            raise NothingChanged()
        noun.check(session, row, before)
        _flush(session)
    _add(session, noun, _Entry(noun.key_of(row), before, after), change)
    return row


def remove(session: Session, noun: Noun, row: Any, *, change: Change, seen: str | None = None) -> None:
    """Take a locked row away. Raises StillInUse when others speak of it, and what `check_removal` of its noun does."""
    before = noun.snapshot(row)
    refuse_stale(before, seen)
    noun.check_removal(session, row)
    key = noun.key_of(row)
    session.delete(row)
    _flush(session, StillInUse)
    _add(session, noun, _Entry(key, before, None), change)


def note_many(session: Session, noun: Noun, before: Rows, after: Rows, *, change: Change) -> None:
    """Entries of the rows that an import has made or changed; it takes none away."""
    session.flush()
    given = {"at": change.now, "by_account": change.by.account_id, "noun": noun.name}
    made = [
        given | {"key": key, "before": before.get(key, null()), "after": values}
        for key, values in after.items()
        if values != before.get(key)
    ]
    if made:
        session.execute(insert(AuditEntry), made)


def fingerprint(values: Values) -> str:
    """What a form carries to tell whether the row is still as it was shown."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def refuse_stale(values: Values, seen: str | None) -> None:
    if seen is not None and seen != fingerprint(values):
        raise StaleVersion()


@dataclass(frozen=True)
class _Entry:
    """What was and what is, of the row `key`."""

    key: str
    before: Values | None
    after: Values | None


def _add(session: Session, noun: Noun, entry: _Entry, change: Change) -> None:
    session.add(
        AuditEntry(
            at=change.now,
            by_account=change.by.account_id,
            noun=noun.name,
            key=entry.key,
            before=entry.before,
            after=entry.after,
            undoes_id=change.undoes,
        )
    )
    session.flush()


def _flush(session: Session, refusal: type[DomainError] = StaleVersion) -> None:
    """What the checks could not see, the database refuses: two people at once, or rows that speak of this one."""
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as refused:
        raise refusal() from refused


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
