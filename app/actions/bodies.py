"""Take in bodies and what they answer for, from lines of one responsibility each.

Decision: a body is written by its code, a rule by what it says, so that the same file again changes nothing; a bad line
is refused by itself, since a city's thousand building managers never come without one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.administration.bodies import BODY
from app.actions.administration.record import Change, Rows, note_many
from app.actions.administration.rules import RULE
from app.actions.imports import Outcome
from app.domain.permissions import Actor, Permission, ensure
from app.models import Area, Body, BodyKind, HazardType, Responsibility
from app.models.responsibility import RULE_KEY

Row = Mapping[str, str]
SINCE = date(2020, 1, 1)
REQUIRED = ("code", "kind", "name_kk")
DEFAULT_RANK = 100
_COLUMNS = ("code", "kind", "name_kk", "name_ru", "name_en", "email", "phone", "working_hours")


def import_bodies(session: Session, *, by: Actor, rows: Iterable[tuple[int, Row]], outcome: Outcome) -> None:
    """Store every fit line (number, cells) and note the refused ones in `outcome`. Never commits."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    known = _Known(session)
    fit = []
    for line, row in rows:
        outcome.counts["read"] += 1
        reason = known.refusal(row)
        if reason:
            outcome.refuse(line, reason)
        else:
            fit.append((line, row))
    before = _as_audited(session, fit)
    ids = {row["code"]: _store_body(session, row, known, outcome) for row in _merged(fit)}
    ids = known.bodies | ids
    tree = _Tree(ids, {row.id: row.parent_id for row in session.execute(select(Body.id, Body.parent_id))})
    for line, row in fit:
        _set_parent(session, line, row, tree, outcome)
        _store_rules(session, ids[row["code"]], row, outcome)
    session.flush()
    change = Change(by, session.scalars(select(func.now())).one())
    for noun, was, now_is in zip((BODY, RULE), before, _as_audited(session, fit), strict=True):
        note_many(session, noun, was, now_is, change=change)


def _as_audited(session: Session, fit: list[tuple[int, Row]]) -> tuple[Rows, Rows]:
    """The bodies that the lines speak of, and their rules, as the audit writes them."""
    fresh = {"populate_existing": True}
    bodies = session.scalars(
        select(Body).where(Body.code.in_({row["code"] for _, row in fit})), execution_options=fresh
    )
    found = {body.id: body for body in bodies}
    rules = session.scalars(select(Responsibility).where(Responsibility.body_id.in_(found)), execution_options=fresh)
    return (
        {BODY.key_of(body): BODY.snapshot(body) for body in found.values()},
        {RULE.key_of(rule): RULE.snapshot(rule) for rule in rules},
    )


class _Known:
    """The codes a line may speak of."""

    def __init__(self, session: Session) -> None:
        self.kinds = set(session.scalars(select(BodyKind.code)))
        self.types = set(session.scalars(select(HazardType.code)))
        self.groups = set(session.scalars(select(HazardType.group)))
        self.areas = set(session.scalars(select(Area.code)))
        self.bodies = {row.code: row.id for row in session.execute(select(Body.code, Body.id))}

    def refusal(self, row: Row) -> str:
        """Why this line is unfit, or nothing."""
        missing = [name for name in REQUIRED if not row.get(name)]
        unknown = [
            *_not_in(row, "kind", self.kinds),
            *_not_in(row, "types", self.types),
            *_not_in(row, "groups", self.groups),
            *_not_in(row, "area", self.areas),
        ]
        if missing:
            return f"has no {', '.join(missing)}"
        if not (row.get("rank") or "0").isdecimal() or int(row.get("rank") or 0) > 30_000:
            return f"rank {row['rank'][:20]!r} is not a whole number up to 30000"
        return f"knows no {', '.join(unknown)}" if unknown else ""


def _not_in(row: Row, column: str, known: set[str]) -> list[str]:
    return [f"{column} {code[:40]!r}" for code in _codes(row, column) if code not in known]


def _codes(row: Row, column: str) -> list[str]:
    return (row.get(column) or "").replace(";", " ").replace(",", " ").split()


def _merged(fit: list[tuple[int, Row]]) -> Iterable[Row]:
    """The lines of each code as one: a later line adds to or changes an earlier one, an empty cell says nothing."""
    merged: dict[str, dict[str, str]] = {}
    for _, row in fit:
        merged.setdefault(row["code"], {}).update({name: cell for name, cell in row.items() if cell})
    return merged.values()


def _store_body(session: Session, row: Row, known: _Known, outcome: Outcome) -> int:
    said: dict[str, Any] = {name: row[name] for name in _COLUMNS if row.get(name)}
    values = {"name_ru": row["name_kk"], "name_en": row["name_kk"]} | said
    outcome.counts["bodies updated" if row["code"] in known.bodies else "bodies new"] += 1
    statement = insert(Body).values(values).on_conflict_do_update(index_elements=["code"], set_=said)
    return session.scalars(statement.returning(Body.id)).one()


@dataclass(frozen=True)
class _Tree:
    """`ids` of bodies by code; `above`: the parent of each by id, as it is after the lines before."""

    ids: Mapping[str, int]
    above: dict[int, int | None]

    def line_up(self, start: int) -> set[int]:
        """The body `start` and all over it."""
        found: set[int] = set()
        here: int | None = start
        while here is not None and here not in found:
            found.add(here)
            here = self.above.get(here)
        return found


def _set_parent(session: Session, line: int, row: Row, tree: _Tree, outcome: Outcome) -> None:
    parent = row.get("parent")
    if not parent:
        return
    if parent not in tree.ids or parent == row["code"]:
        outcome.refuse(line, f"knows no parent {parent[:40]!r}; the body itself was stored")
        return
    own, over = tree.ids[row["code"]], tree.ids[parent]
    if own in tree.line_up(over):
        outcome.refuse(line, f"parent {parent[:40]!r} stands below it; the body itself was stored")
        return
    tree.above[own] = over
    session.get_one(Body, own).parent_id = over


def _store_rules(session: Session, body_id: int, row: Row, outcome: Outcome) -> None:
    areas = _codes(row, "area")
    named = [{"hazard_type": code, "group": None} for code in _codes(row, "types")]
    named += [{"hazard_type": None, "group": code} for code in _codes(row, "groups")]
    rank = int(row.get("rank") or DEFAULT_RANK)
    for area in areas:
        for rule in named or [{"hazard_type": None, "group": None}]:
            values = {"body_id": body_id, "area_code": area, "rank": rank, "valid_from": SINCE, **rule}
            session.execute(
                insert(Responsibility)
                .values(values)
                .on_conflict_do_update(
                    index_elements=RULE_KEY,
                    set_={"rank": rank},
                )
            )
            outcome.counts["responsibilities"] += 1
