"""What a filter of the inbox means in SQL: conditions from this list only, every value bound.

Decision: whose rows they may be is the first condition and is written by the same function as the rest, so that no
list, map, count, export or act on many can forget it. The words of conditions are the words of partial indexes
(migration 0011), which the planner compares. Turned down: a view for each role, which says nothing of filters; and
parameters that switch conditions off (`:type IS NULL OR …`), with which no index serves.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.hazard import Clock
from app.domain.inbox import ANY, NOBODY_YET, Age, Mark, Wanted, Who
from app.domain.permissions import Actor, Permission
from app.i18n import ALMATY
from app.models.hazard import SECOND
from app.queries.crews import crew_ids_of
from app.queries.inbox_words import Asked, asked, is_common
from app.queries.shifts import acts_for

_BOUND = re.compile(r"(?<!:):([a-z]\w*)")
SOON = timedelta(hours=12)
"""Made safe that ends within this time is expiring."""
_AREAS = text("""
WITH RECURSIVE inside AS (
  SELECT code FROM area WHERE code = :code
  UNION SELECT a.code FROM area a JOIN inside i ON a.parent_code = i.code)
SELECT a.id FROM area a JOIN inside i ON i.code = a.code""")
_TYPES = text("SELECT code FROM hazard_type WHERE type_group = ANY(:groups)")
_BODY = text("SELECT id FROM body WHERE code = :code")
_RAN_OUT = {
    ANY: "h.overdue IS NOT NULL",
    Clock.MAKE_SAFE: "h.overdue IS NOT NULL AND h.make_safe_due < :now AND h.made_safe_at IS NULL",
    Clock.FIX: "h.overdue IS NOT NULL AND h.fix_due < :now AND h.fix_paused_at IS NULL",
}
_MARKS = {
    Mark.DISPUTED: "h.disputed",
    Mark.ANSWERED: "h.answer_waits",
    Mark.EXPIRING: "(h.made_safe_until IS NOT NULL AND h.made_safe_until < :soon)",
    Mark.OWNER_UNKNOWN: "h.owner_unknown",
    Mark.SECOND: f"({SECOND})",
}
_AGES = {
    Age.DAY: ("h.received_at > :received", timedelta(days=1)),
    Age.WEEK: ("h.received_at > :received", timedelta(days=7)),
    Age.OVER_WEEK: ("h.received_at <= :received", timedelta(days=7)),
    Age.OVER_MONTH: ("h.received_at <= :received", timedelta(days=30)),
}


@dataclass
class Where:
    """Conditions on `hazard h`, joined by AND, and what they bind; `common`: those of them that a page of the whole
    country soon meets, but that a million hazards are dear to be asked.
    """

    parts: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    common: list[str] = field(default_factory=list)

    def add(self, part: str, **values: Any) -> None:
        self.parts.append(part)
        self.values |= values

    def among(self, column: str, name: str, values: list[Any]) -> None:
        """One of `values`: an equality where there is one, which an index can be walked by."""
        if len(values) == 1:
            self.add(f"{column} = :{name}", **{name: values[0]})
        else:
            self.add(f"{column} = ANY(:{name})", **{name: values})

    def renamed(self, prefix: str) -> tuple[list[str], dict[str, Any]]:
        """Parts and values under other names, so that several filters can stand in one statement."""
        parts = [_BOUND.sub(rf":{prefix}\1", part) for part in self.parts]
        return parts, {f"{prefix}{name}": value for name, value in self.values.items()}

    @property
    def sql(self) -> str:
        return " AND ".join(self.parts)


def scope(actor: Actor, *, closed: bool) -> Where:
    """The rows that the actor may see in an inbox: of the own body, or of all; held ones never."""
    where = Where(["NOT h.is_open" if closed else "h.is_open", "NOT h.held"])
    _whose(where, actor)
    return where


def _whose(where: Where, actor: Actor) -> None:
    if actor.may(Permission.SEE_ALL_HAZARDS):
        return
    if actor.body_id is not None and actor.may(Permission.SEE_BODY_HAZARDS, body_id=actor.body_id):
        where.add("h.body_id = :own", own=actor.body_id)
    else:
        where.add("false")


def where_of(session: Session, *, actor: Actor, wanted: Wanted, now: datetime) -> Where:
    """The conditions of a filter for an actor."""
    found = asked(session, wanted.words) if wanted.words else Asked()
    where = scope(actor, closed=wanted.closed)
    if found.any_state:
        where.parts.remove("NOT h.is_open" if wanted.closed else "h.is_open")
    if found.reference:
        where.add("h.reference = :reference", reference=found.reference)
    for part, values in found.conditions:
        where.add(part, **values)
        if is_common(part) and actor.may(Permission.SEE_ALL_HAZARDS):
            where.common.append(part)
    for narrow in _NARROWED:
        narrow(where, session, actor, wanted, now)
    return where


def _kinds(where: Where, session: Session, actor: Actor, wanted: Wanted, now: datetime) -> None:
    if wanted.types or wanted.groups:
        of_groups = session.scalars(_TYPES, {"groups": list(wanted.groups)}).all() if wanted.groups else []
        where.among("h.hazard_type", "types", sorted({*wanted.types, *of_groups}))


def _states(where: Where, session: Session, actor: Actor, wanted: Wanted, now: datetime) -> None:
    if wanted.statuses:
        where.among("h.status", "statuses", [each.value for each in wanted.statuses])
    if wanted.severities:
        where.among("h.severity", "severities", [each.value for each in wanted.severities])


def _area(where: Where, session: Session, actor: Actor, wanted: Wanted, now: datetime) -> None:
    """A district with all that lies inside it, in every version of its border."""
    if wanted.area:
        where.among("h.area_id", "areas", list(session.scalars(_AREAS, {"code": wanted.area})))


def _times(where: Where, session: Session, actor: Actor, wanted: Wanted, now: datetime) -> None:
    if wanted.age:
        part, span = _AGES[wanted.age]
        where.add(part, received=now - span)
    if wanted.overdue:
        where.add(_RAN_OUT[wanted.overdue], now=now)


def _marks(where: Where, session: Session, actor: Actor, wanted: Wanted, now: datetime) -> None:
    if wanted.marks:
        where.add(" OR ".join(_MARKS[each] for each in wanted.marks).join("()"), soon=now + SOON)


def _whom(where: Where, session: Session, actor: Actor, wanted: Wanted, now: datetime) -> None:
    if wanted.named:
        kind, number = wanted.named
        where.add("h.crew_id = :whom" if kind == "crew" else "h.assignee_id = :whom", whom=number)
    elif wanted.whom == Who.ME:
        where.among("h.assignee_id", "whom", acts_for(session, actor.account_id, now.astimezone(ALMATY).date()))
    elif wanted.whom == Who.MY_CREWS:
        people = acts_for(session, actor.account_id, now.astimezone(ALMATY).date())
        crews = {crew for person in people for crew in crew_ids_of(session, person)}
        where.among("h.crew_id", "whom", sorted(crews))
    elif wanted.whom == Who.NOBODY:
        where.add("h.crew_id IS NULL AND h.assignee_id IS NULL")


def _body(where: Where, session: Session, actor: Actor, wanted: Wanted, now: datetime) -> None:
    if wanted.body == NOBODY_YET:
        where.add("h.body_id IS NULL")
    elif wanted.body:
        where.among("h.body_id", "bodies", list(session.scalars(_BODY, {"code": wanted.body})))


Narrow = Callable[[Where, Session, Actor, Wanted, datetime], None]
_NARROWED: tuple[Narrow, ...] = (_kinds, _states, _area, _times, _marks, _whom, _body)
