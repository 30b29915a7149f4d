"""Columns of a row as JSON and back: for those who must give a row back as it was.

Decision: all plain columns, found by the table itself, so that a mark added next year is given back too. Left out:
places, which no act beside a correction changes, what the database computes, and the version, which counts on.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.models.base import table_of
from app.models.hazard import Hazard
from app.models.types import ShapelyGeometry

_NEVER = frozenset({"id", "reference", "version"})
_PLAIN = {
    column.name: column.type.python_type
    for column in table_of(Hazard).columns
    if column.name not in _NEVER and column.computed is None and not isinstance(column.type, ShapelyGeometry)
}


def columns_of(hazard: Hazard) -> dict[str, Any]:
    """Name -> value, as JSON takes it."""
    return {name: _told(getattr(hazard, name)) for name in _PLAIN}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of what differs."""
    return [name for name in before if before[name] != after[name]]


def put_back(hazard: Hazard, values: Mapping[str, Any]) -> None:
    """Set columns to values that `columns_of` told."""
    for name, value in values.items():
        kind = _PLAIN[name]
        parse = datetime if kind is datetime else date if kind is date else None
        setattr(hazard, name, parse.fromisoformat(value) if parse and value is not None else value)


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
    return value.isoformat() if isinstance(value, date) else value
