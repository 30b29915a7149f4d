"""What saving a rule would change, on the days when something begins or ends: the facts for `domain/rule_change.py`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.coverage import Spot, Table, never_first
from app.domain.routing import AreaHit, Candidate, TypeKey
from app.domain.rule_change import DRAFT_ID, Concern, Finding, RuleFacts, Scene, changes, unreached
from app.models import Body, HazardType, HintKind, Responsibility
from app.queries.coverage import parts_of

_OVER = text("""
WITH RECURSIVE valid AS (
  SELECT id, code, kind, rank, parent_code FROM area WHERE daterange(valid_from, valid_until) @> CAST(:day AS date)
),
up AS (
  SELECT valid.*, 0 AS steps FROM valid WHERE code = :code
  UNION ALL
  SELECT valid.*, up.steps + 1 FROM up JOIN valid ON valid.code = up.parent_code WHERE up.steps < 20
)
SELECT id, code, kind, rank FROM up
UNION
SELECT over.id, over.code, over.kind, over.rank
  FROM up JOIN area a ON a.id = up.id AND up.steps = 0
  JOIN area over ON over.geom && a.geom AND over.id <> a.id AND over.id IN (SELECT id FROM valid)
 WHERE ST_Covers(over.geom, a.geom)
""")


@dataclass(frozen=True)
class _World:
    """What does not change with the day."""

    types: Sequence[TypeKey]
    table: Table
    body: Body | None


def check_rule(session: Session, draft: RuleFacts | None, *, rule_id: int | None, today: date) -> list[Finding]:
    """What would change if the rule `rule_id` (None: a new one) were as in `draft` (None: gone). Each thing once, on
    the first day on which it is so.
    """
    old = session.get(Responsibility, rule_id) if rule_id is not None else None
    world = _World(
        [kind.key for kind in session.scalars(select(HazardType).where(HazardType.reportable))],
        {(row.hint, row.value): row.body_kind for row in session.scalars(select(HintKind))},
        session.get(Body, draft.body_id) if draft else None,
    )
    found = _plain_concerns(session, draft, rule_id=rule_id, today=today, world=world) if draft else []
    places = dict.fromkeys([*([draft.area_code] if draft else []), *([old.area_code] if old else [])])
    for day in _days(old, draft, today):
        for code in places:
            scene = _scene(session, code, day, draft, rule_id=rule_id, world=world)
            if scene is not None:
                found += _findings(scene, draft, rule_id=rule_id, world=world)
                found += _hidden_in_parts(session, scene, draft, rule_id=rule_id, world=world)
    return _each_once(found)


def _findings(scene: Scene, draft: RuleFacts | None, *, rule_id: int | None, world: _World) -> list[Finding]:
    own = rule_id or DRAFT_ID
    if draft is None or scene.spot.shown != draft.area_code or not draft.in_force(scene.day):
        return changes(scene, world.types)
    return [*unreached(scene, world.types, world.table, draft=own), *changes(scene, world.types)]


def _hidden_in_parts(
    session: Session, scene: Scene, draft: RuleFacts | None, *, rule_id: int | None, world: _World
) -> list[Finding]:
    """Whether rules of smaller areas, each in its part, together hide the draft everywhere."""
    own = [rule for rule in scene.after if draft is not None and rule.rule_id == (rule_id or DRAFT_ID)]
    if not own or draft is None or scene.spot.shown != draft.area_code:
        return []
    spots, known = parts_of(session, draft.area_code, day=scene.day)
    if draft.area_code not in known:
        return []
    there = rules_in_force(session, {hit.code for spot in spots for hit in spot.all}, scene.day)
    rules = [*(rule for rule in there if rule.rule_id != rule_id), *own]
    lost = never_first(spots, rules, world.types, world.table, of={draft.area_code})
    ours = [each for each in lost if each.rule_id == own[0].rule_id]
    return [Finding(Concern.NEVER, scene.day, draft.area_code, was=each.before, now=each.body) for each in ours]


def _plain_concerns(
    session: Session, draft: RuleFacts, *, rule_id: int | None, today: date, world: _World
) -> list[Finding]:
    """What needs no geometry: another rule that says the same, a body switched off, an area not valid then."""
    day = max(today, draft.valid_from)
    found = []
    if _same_at_a_time(session, draft, rule_id):
        found.append(Finding(Concern.SAME, day, draft.area_code))
    if world.body is not None and not world.body.active:
        found.append(Finding(Concern.BODY_OFF, day, draft.area_code, now=world.body.code))
    if draft.in_force(day) and not areas_over(session, draft.area_code, day):
        found.append(Finding(Concern.NO_AREA, day, draft.area_code))
    return found


def _same_at_a_time(session: Session, draft: RuleFacts, rule_id: int | None) -> bool:
    names = ("body_id", "area_code", "hazard_type", "group", "hint", "hint_value")
    alike = [getattr(Responsibility, name).is_not_distinct_from(getattr(draft, name)) for name in names]
    meets = func.daterange(Responsibility.valid_from, Responsibility.valid_until).op("&&")(
        func.daterange(draft.valid_from, draft.valid_until)
    )
    others = select(Responsibility.id).where(*alike, meets, Responsibility.id.is_distinct_from(rule_id))
    return session.scalar(others.limit(1)) is not None


def _days(old: Responsibility | None, draft: RuleFacts | None, today: date) -> list[date]:
    """Today, and the days to come on which either rule begins or ends."""
    turns = [turn for rule in (old, draft) if rule for turn in (rule.valid_from, rule.valid_until) if turn]
    return sorted({today, *(turn for turn in turns if turn > today)})


def _scene(
    session: Session, code: str, day: date, draft: RuleFacts | None, *, rule_id: int | None, world: _World
) -> Scene | None:
    hits = areas_over(session, code, day)
    if not hits:
        return None
    before = rules_in_force(session, {hit.code for hit in hits}, day)
    after = [rule for rule in before if rule.rule_id != rule_id]
    if draft is not None and world.body is not None and world.body.active and draft.in_force(day):
        after.append(_candidate(draft, world.body, rule_id or DRAFT_ID))
    here = {hit.code for hit in hits}
    return Scene(day, Spot(code, hits), before, [rule for rule in after if rule.area_code in here])


def areas_over(session: Session, code: str, day: date) -> tuple[AreaHit, ...]:
    """The area, and what covers all of it; nothing where it is not valid on the day."""
    rows = session.execute(_OVER, {"code": code, "day": day})
    return tuple(AreaHit(row.id, row.code, row.kind, row.rank) for row in rows)


def rules_in_force(session: Session, codes: Collection[str], day: date) -> list[Candidate]:
    """Of the areas `codes`, of active bodies."""
    valid = func.daterange(Responsibility.valid_from, Responsibility.valid_until).op("@>")(day)
    rows = session.execute(
        select(Responsibility, Body)
        .join(Body, Body.id == Responsibility.body_id)
        .where(Body.active, valid, Responsibility.area_code.in_(codes))
    )
    return [_candidate(rule, body, rule.id) for rule, body in rows]


def _candidate(rule: Any, body: Body, rule_id: int) -> Candidate:
    """Of a stored rule or of a draft, which have the same names."""
    return Candidate(
        rule_id,
        body.id,
        body.code,
        body.kind,
        rule.area_code,
        rule.hazard_type,
        rule.group,
        rule.rank,
        rule.hint,
        rule.hint_value,
    )


def _each_once(found: Sequence[Finding]) -> list[Finding]:
    first: dict[Finding, Finding] = {}
    for each in found:
        whose = each.was if each.concern is not Concern.NEVER else None  # by whom it is hidden is told once too
        first.setdefault(replace(each, day=date.min, was=whose), each)
    return sorted(first.values(), key=lambda each: (list(Concern).index(each.concern), each.day))
