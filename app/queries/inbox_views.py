"""The same filtered rows as a board of columns by status, and as points of a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.hazard import CLOSED_STATUSES, Status
from app.queries.inbox import Rows, count, page_of
from app.queries.inbox_where import Where
from app.queries.names import NAMES

CARDS = 12
"""Of each column of the board."""
POINTS = 500
"""Of the map: the first ones in the inbox's order."""
_POINTS = """
SELECT h.id, h.reference, h.status, h.severity, h.is_open, h.made_safe_at, h.overdue, h.urgent, h.disputed,
       h.rejection_reason, h.received_at, t.{name} AS title, t.type_group, a.{name} AS area,
       ST_X(h.label) AS lon, ST_Y(h.label) AS lat
  FROM (SELECT id, reference, hazard_type, area_id, status, severity, is_open, made_safe_at, overdue, urgent, disputed,
               rejection_reason, received_at, label, work_order, closed_at
          FROM hazard h WHERE {where} ORDER BY {order} LIMIT :limit) h
  JOIN hazard_type t ON t.code = h.hazard_type
  LEFT JOIN area a ON a.id = h.area_id
 ORDER BY {order}"""
Box = tuple[float, float, float, float]
"""West, south, east, north."""


@dataclass(frozen=True)
class Column:
    """A status with its first rows; `total` stops at MOST + 1."""

    status: Status
    rows: Rows
    total: int


def board(session: Session, where: Where, *, closed: bool, statuses: Sequence[Status], language: str) -> list[Column]:
    """A column for each status that is wanted (`statuses` empty: all of them), in the order of the work."""
    asked = [s for s in Status if (s in CLOSED_STATUSES) == closed and (not statuses or s in statuses)]
    return [_column(session, where, status, closed=closed, language=language) for status in asked]


def _column(session: Session, where: Where, status: Status, *, closed: bool, language: str) -> Column:
    narrowed = Where([*where.parts, "h.status = :column"], where.values | {"column": status.value})
    page = page_of(session, narrowed, closed=closed, after=None, limit=CARDS, language=language)
    total = count(session, narrowed) if page.next else len(page.rows)
    return Column(status, page.rows, total)


def points(session: Session, where: Where, *, closed: bool, inside: Box | None, language: str) -> tuple[Rows, bool]:
    """At most POINTS rows with their exact places, and whether there are more."""
    parts, values = list(where.parts), dict[str, Any](where.values)
    if inside is not None:
        parts.append("h.label && ST_MakeEnvelope(:west, :south, :east, :north, 4326)")
        values |= dict(zip(("west", "south", "east", "north"), inside, strict=True))
    order = "h.closed_at DESC, h.id DESC" if closed else "h.work_order, h.id"
    statement = _POINTS.format(name=NAMES[language], where=" AND ".join(parts), order=order)
    rows = session.execute(text(statement), values | {"limit": POINTS + 1}).all()
    return rows[:POINTS], len(rows) > POINTS
