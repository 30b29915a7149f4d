"""Responsibilities: made, edited, ended by a day. Only one that was never in force is deleted.

What a rule would change is shown before it is saved (`queries/rule_check.py`); nothing of that is refused here, since
an administrator may know better. Undoing a rule that was just made takes it away even when it is in force: the audit
keeps it, and the traces of hazards name bodies and areas, not rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.administration.record import Change, Noun, Values, edit, make, remove
from app.domain.errors import (
    ActNotAllowedNow,
    BadChoice,
    BadPeriod,
    BadRank,
    HazardNotFound,
    RuleInForce,
    SameRule,
    UnknownArea,
    UnknownBody,
    UnknownRule,
)
from app.domain.hints import Hint, parse_hints
from app.domain.permissions import Actor, Permission, ensure
from app.domain.rule_change import RuleFacts
from app.models import Area, Body, Hazard, HazardType, Responsibility
from app.queries.bodies import body_by_code

RANK_MAX = 30_000
RANK_OF_DECISION = 1


class RuleNoun(Noun):
    name = "rule"
    model = Responsibility
    key = "id"
    fields: ClassVar[tuple[str, ...]] = tuple(each.name for each in fields(RuleFacts))
    days = frozenset({"valid_from", "valid_until"})
    missing = UnknownRule

    def key_value(self, key: str) -> int | None:
        return int(key) if key.isdecimal() and len(key) < 19 else None

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        with session.no_autoflush:
            _check_codes(session, row)
            _check_hint(session, row)
            if not 0 <= row.rank <= RANK_MAX:
                raise BadRank()
            if row.valid_until is not None and row.valid_until <= row.valid_from:
                raise BadPeriod()
            if _same(session, row):
                raise SameRule()


RULE = RuleNoun()


def make_rule(session: Session, *, by: Actor, facts: RuleFacts, now: datetime) -> Responsibility:
    """A new rule. Raises UnknownBody, UnknownArea, BadChoice, BadHint, BadRank, BadPeriod, SameRule."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    made: Responsibility = make(session, RULE, _values(facts), change=Change(by, now))
    return made


def edit_rule(
    session: Session, *, by: Actor, rule_id: int, facts: RuleFacts, now: datetime, seen: str | None = None
) -> Responsibility:
    """Change a rule; it ends by its `valid_until`. Raises UnknownRule, StaleVersion, NothingChanged as `make_rule`."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    edited: Responsibility = edit(
        session, RULE, _rule(session, rule_id), _values(facts), change=Change(by, now), seen=seen
    )
    return edited


def delete_rule(
    session: Session, *, by: Actor, rule_id: int, today: date, now: datetime, seen: str | None = None
) -> None:
    """Take away a rule that begins after `today`. Raises RuleInForce for any other."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    row = _rule(session, rule_id)
    if row.valid_from <= today:
        raise RuleInForce()
    remove(session, RULE, row, change=Change(by, now), seen=seen)


def make_rule_of_decision(session: Session, *, by: Actor, reference: str, today: date, now: datetime) -> Responsibility:
    """Let what the arbiter decided for one hazard hold for its type in its area, where the same network was seen.

    What was decided before for the same ends today. Raises HazardNotFound, ActNotAllowedNow for what nobody settled or
    lies outside every area, SameRule where this holds already.
    """
    ensure(by, Permission.ARBITRATE, anywhere=True)
    hazard = session.scalar(select(Hazard).where(Hazard.reference == reference, ~Hazard.held))
    if hazard is None:
        raise HazardNotFound(reference=reference)
    area = session.get(Area, hazard.area_id) if hazard.area_id else None
    if not hazard.settled or hazard.body_id is None or area is None:
        raise ActNotAllowedNow(act="rule", status=hazard.status)
    network = hazard.hints.get(Hint.NETWORK)
    hint = Hint.NETWORK.value if network else None
    facts = RuleFacts(hazard.body_id, area.code, hazard.hazard_type, None, hint, network, RANK_OF_DECISION, today, None)
    _end_decisions_before(session, facts, change=Change(by, now))
    made: Responsibility = make(session, RULE, _values(facts), change=Change(by, now))
    return made


def _end_decisions_before(session: Session, facts: RuleFacts, *, change: Change) -> None:
    """Two decisions of one rank would be told apart by their bodies' codes. One that began today was never needed."""
    for row in _decided_alike(session, facts):
        if row.body_id == facts.body_id:
            raise SameRule()
        if row.valid_from < facts.valid_from:
            edit(session, RULE, row, {"valid_until": facts.valid_from.isoformat()}, change=change)
        else:
            remove(session, RULE, row, change=change)


def _decided_alike(session: Session, facts: RuleFacts) -> Sequence[Responsibility]:
    """Locked: what rules of a decision's rank say for the same on its first day."""
    names = ("area_code", "hazard_type", "group", "hint", "hint_value", "rank")
    alike = [getattr(Responsibility, name).is_not_distinct_from(getattr(facts, name)) for name in names]
    then = func.daterange(Responsibility.valid_from, Responsibility.valid_until).op("@>")(facts.valid_from)
    return session.scalars(select(Responsibility).where(*alike, then).with_for_update()).all()


def _values(facts: RuleFacts) -> Values:
    plain = asdict(facts)
    for name in RULE.days:
        plain[name] = plain[name].isoformat() if plain[name] else None
    return plain


def _rule(session: Session, rule_id: int) -> Responsibility:
    row: Responsibility | None = RULE.find(session, str(rule_id))
    if row is None:
        raise UnknownRule()
    return row


def _check_codes(session: Session, row: Any) -> None:
    if session.get(Body, row.body_id) is None:
        raise UnknownBody()
    if session.scalar(select(Area.id).where(Area.code == row.area_code).limit(1)) is None:
        raise UnknownArea()
    if row.hazard_type is not None and (row.group is not None or session.get(HazardType, row.hazard_type) is None):
        raise BadChoice()
    if row.group is not None and session.scalar(select(HazardType.code).where(HazardType.group == row.group)) is None:
        raise BadChoice()


def _check_hint(session: Session, row: Any) -> None:
    if (row.hint is None) != (row.hint_value is None):
        raise BadChoice()
    if row.hint is not None:
        parse_hints({row.hint: row.hint_value})
    if row.hint == Hint.SIGN and body_by_code(session, row.hint_value) is None:
        raise UnknownBody()


def _same(session: Session, row: Any) -> bool:
    """Whether another rule says this from the same day: the table's unique index would refuse it."""
    names = ("body_id", "area_code", "hazard_type", "group", "hint", "hint_value", "valid_from")
    alike = [getattr(Responsibility, name).is_not_distinct_from(getattr(row, name)) for name in names]
    others = select(Responsibility.id).where(*alike)
    if row.id is not None:
        others = others.where(Responsibility.id != row.id)
    return session.scalar(others.limit(1)) is not None
