"""The inbox: what needs somebody now, by danger and time left; closed ones, the latest first.

Decision: the place in the order is a number kept by the database (`hazard.work_order`), so that a page is one walk
along `ix_hazard_inbox_body` or `ix_hazard_inbox_all` from where the last one ended, and counts stop at MOST. Turned
down: OFFSET, which reads what it skips; sorting by severity and due time, which the planner answers with a sort of all;
exact counts, which read a million rows to say a number nobody acts on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.inbox import Wanted
from app.domain.permissions import Actor
from app.models.hazard import STEP
from app.queries.inbox_where import Where, where_of
from app.queries.inbox_words import looked_at_one_by_one
from app.queries.names import NAMES

Rows = Sequence[Any]
"""Rows of a query by their column names."""
MOST = 1_000
"""Counts stop here and say "1000+"."""
WALK = 3_000
"""Hazards of the country that are looked at one by one for a common word, before all that hold it are gathered."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = """id, reference, version, hazard_type, status, severity, body_id, area_id, crew_id, assignee_id, label,
 is_open, make_safe_due, fix_due, fix_paused_at, made_safe_at, made_safe_until, inspect_due, overdue, urgent, disputed,
 answer_waits, received_at, rejection_reason, proposal, owner_unknown, reports, closed_at, work_order"""
_ROWS = """
SELECT h.*, t.{name} AS title, t.type_group, a.{name} AS area, b.{name} AS body, c.name AS crew, p.name AS assignee,
       (SELECT s.{name} FROM place s
         WHERE s.kind IN ('street', 'quarter', 'settlement') AND s.geom && ST_Expand(h.label, 0.004)
         ORDER BY s.geom <-> h.label LIMIT 1) AS near
  FROM (SELECT {columns} FROM hazard h WHERE {where} ORDER BY {order} LIMIT :limit) h
  JOIN hazard_type t ON t.code = h.hazard_type
  LEFT JOIN area a ON a.id = h.area_id
  LEFT JOIN body b ON b.id = h.body_id
  LEFT JOIN crew c ON c.id = h.crew_id
  LEFT JOIN account p ON p.id = h.assignee_id
 ORDER BY {order}"""
_FIRST = "(SELECT h.* FROM hazard h WHERE {where} ORDER BY {order} LIMIT :walk)"
_IDS = "SELECT id FROM hazard h WHERE {where} ORDER BY {order} LIMIT :limit"
_KEYS = "SELECT id, version, work_order FROM hazard h WHERE {where} ORDER BY {order} LIMIT :limit"
_COUNT = "(SELECT count(*) FROM (SELECT FROM hazard h WHERE {where} LIMIT :most) x)"
_OPEN_FIRST, _CLOSED_FIRST = "h.work_order, h.id", "h.closed_at DESC, h.id DESC"


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: where it stands in the order (for closed ones microseconds) and its id."""

    key: int
    id: int

    def __str__(self) -> str:
        return f"{self.key}_{self.id}"

    @classmethod
    def parse(cls, typed: str) -> "Cursor | None":
        """What `str` made; None for anything else."""
        key, _, number = typed.partition("_")
        if not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in (key, number)):
            return None
        return cls(int(key), int(number))

    @classmethod
    def of(cls, row: Any, *, closed: bool) -> "Cursor":
        return cls((row.closed_at - EPOCH) // timedelta(microseconds=1) if closed else row.work_order, row.id)


@dataclass(frozen=True)
class Page:
    """One page of rows; `next` leads to the following one."""

    rows: Rows
    next: Cursor | None


def inbox(
    session: Session,
    *,
    actor: Actor,
    wanted: Wanted,
    now: datetime,
    after: Cursor | None = None,
    limit: int = 50,
    language: str = "kk",
) -> Page:
    """A page of what the actor wants and may see."""
    where = where_of(session, actor=actor, wanted=wanted, now=now)
    return page_of(session, where, closed=wanted.closed, after=after, limit=limit, language=language)


def page_of(session: Session, where: Where, *, closed: bool, after: Cursor | None, limit: int, language: str) -> Page:
    """A page of rows by conditions that are known already."""
    parts, values = _from(where, closed=closed, after=after)
    values = values | {"limit": limit + 1, "walk": WALK}
    rows: Rows = ()
    if where.common:
        rows = session.execute(text(_soon(where, parts, closed=closed, language=language)), values).all()
    if len(rows) <= limit:
        rows = session.execute(text(rows_sql(parts, closed=closed, language=language)), values).all()
    more = len(rows) > limit
    return Page(rows[:limit], Cursor.of(rows[limit - 1], closed=closed) if more else None)


def rows_sql(parts: Sequence[str], *, closed: bool, language: str) -> str:
    """The statement of a page."""
    return _ROWS.format(name=NAMES[language], columns=_COLUMNS, where=" AND ".join(parts), order=_order(closed=closed))


def _soon(where: Where, parts: Sequence[str], *, closed: bool, language: str) -> str:
    """The statement of a page, but among the first WALK of the order only: when it fills the page, it is the page."""
    order, rest = _order(closed=closed), " AND ".join(part for part in parts if part not in where.common)
    met = " AND ".join(looked_at_one_by_one(part) for part in where.common)
    first = _FIRST.format(where=rest, order=order)
    return _ROWS.replace("FROM hazard h WHERE", f"FROM {first} h WHERE").format(
        name=NAMES[language], columns=_COLUMNS, where=met, order=order
    )


def hazard_ids(session: Session, *, actor: Actor, wanted: Wanted, now: datetime, limit: int) -> list[int]:
    """Ids of at most `limit` hazards that the actor wants and may see, in the inbox's order: for acts and exports."""
    where = where_of(session, actor=actor, wanted=wanted, now=now)
    statement = _IDS.format(where=where.sql, order=_order(closed=wanted.closed))
    return list(session.scalars(text(statement), where.values | {"limit": limit}))


def page_keys(
    session: Session, where: Where, *, closed: bool, after: Cursor | None, limit: int
) -> list[tuple[int, ...]]:
    """(id, version, place in the order) of a page's rows: whether anything has changed there."""
    parts, values = _from(where, closed=closed, after=after)
    statement = _KEYS.format(where=" AND ".join(parts), order=_order(closed=closed))
    return [tuple(row) for row in session.execute(text(statement), values | {"limit": limit})]


def count(session: Session, where: Where) -> int:
    """How many, at most MOST + 1."""
    statement = text("SELECT " + _COUNT.format(where=where.sql))
    return int(session.scalar(statement, where.values | {"most": MOST + 1}) or 0)


def counts(session: Session, *, actor: Actor, now: datetime, views: dict[str, Wanted]) -> dict[str, int]:
    """How many there are behind each view, each at most MOST + 1, in one statement."""
    if not views:
        return {}
    columns, values = [], dict[str, Any](most=MOST + 1)
    for n, wanted in enumerate(views.values()):
        where = where_of(session, actor=actor, wanted=wanted, now=now)
        parts, renamed = where.renamed(f"v{n}_")
        columns.append(_COUNT.format(where=" AND ".join(parts)) + f" AS c{n}")
        values |= renamed
    return dict(zip(views, session.execute(text("SELECT " + ", ".join(columns)), values).one(), strict=True))


def newer(session: Session, where: Where, *, since: int) -> int:
    """How many of them have come after the hazard with the id `since`."""
    statement = text("SELECT " + _COUNT.format(where=f"{where.sql} AND h.id > :since"))
    return int(session.scalar(statement, where.values | {"since": since, "most": MOST + 1}) or 0)


def latest_id(session: Session) -> int:
    """The newest hazard of all, whoever may see it: a mark in time, no more."""
    return int(session.scalar(text("SELECT coalesce(max(id), 0) FROM hazard")) or 0)


def step_of(work_order: int) -> int:
    """0 to 5: which step of danger a place in the order belongs to (`models/hazard.WORK_ORDER`)."""
    return work_order // STEP


def _order(*, closed: bool) -> str:
    return _CLOSED_FIRST if closed else _OPEN_FIRST


def _from(where: Where, *, closed: bool, after: Cursor | None) -> tuple[list[str], dict[str, Any]]:
    if after is None:
        return where.parts, where.values
    if closed:
        key = {"after": EPOCH + timedelta(microseconds=min(after.key, 10**17)), "after_id": after.id}
        return [*where.parts, "(h.closed_at, h.id) < (:after, :after_id)"], where.values | key
    key = {"after": after.key, "after_id": after.id}
    return [*where.parts, "(h.work_order, h.id) > (:after, :after_id)"], where.values | key
