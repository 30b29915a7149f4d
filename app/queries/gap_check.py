"""What changing a body or a hazard type would change where rules are: gaps to be shown before it is saved.

Looked at in all areas that have such rules at once: what covers them is one question, and so are their rules. Turned
down: one area after another, which a city's thousand building managers make too slow, and a first forty of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.coverage import Spot
from app.domain.routing import AreaHit, Candidate, TypeKey
from app.domain.rule_change import Finding, Scene, changes
from app.models import HazardType, Responsibility
from app.queries.rule_check import rules_in_force

_OVER = text("""
WITH RECURSIVE valid AS MATERIALIZED (
  SELECT id, code, kind, rank, parent_code FROM area WHERE daterange(valid_from, valid_until) @> CAST(:day AS date)
),
up AS (
  SELECT code AS shown, valid.*, 0 AS steps FROM valid WHERE code = ANY(:codes)
  UNION ALL
  SELECT up.shown, valid.*, up.steps + 1 FROM up JOIN valid ON valid.code = up.parent_code WHERE up.steps < 20
)
SELECT shown, id, code, kind, rank FROM up
UNION
SELECT up.shown, over.id, over.code, over.kind, over.rank
  FROM up JOIN area a ON a.id = up.id AND up.steps = 0
  JOIN area over ON over.geom && a.geom AND over.id <> a.id AND over.id IN (SELECT id FROM valid)
 WHERE over.code IN (SELECT area_code FROM responsibility) AND ST_Covers(over.geom, a.geom)
""")


def check_body(session: Session, body_id: int, *, kind: str, active: bool, today: date) -> list[Finding]:
    """Whose answers would change today if the body were of `kind`, and gone unless `active`."""
    types = [each.key for each in session.scalars(select(HazardType).where(HazardType.reportable))]
    found: list[Finding] = []
    for scene in _scenes(session, today, Responsibility.body_id == body_id):
        after = [
            replace(rule, body_kind=kind) if rule.body_id == body_id else rule
            for rule in scene.before
            if active or rule.body_id != body_id
        ]
        found += changes(replace(scene, after=after), types)
    return found


def check_type(session: Session, old: TypeKey, *, responsible: Sequence[str], today: date) -> list[Finding]:
    """Whose answers would change today if the type named other kinds of bodies, or in another order."""
    new = replace(old, responsible=tuple(responsible))
    found: list[Finding] = []
    for scene in _scenes(session, today):
        found += changes(scene, [old], [new])
    return found


def _scenes(session: Session, day: date, *which: Any) -> list[Scene]:
    """Areas with such rules, the largest first, and what is in force there."""
    codes = list(session.scalars(select(Responsibility.area_code).where(*which).distinct()))
    over: dict[str, list[AreaHit]] = defaultdict(list)
    for row in session.execute(_OVER, {"codes": codes, "day": day}):
        over[row.shown].append(AreaHit(row.id, row.code, row.kind, row.rank))
    rules: dict[str, list[Candidate]] = defaultdict(list)
    for rule in rules_in_force(session, {hit.code for hits in over.values() for hit in hits}, day):
        rules[rule.area_code].append(rule)
    ranks = {hit.code: hit.rank for hits in over.values() for hit in hits}
    return [_scene(code, over[code], rules, day) for code in sorted(over, key=lambda code: (ranks[code], code))]


def _scene(code: str, hits: Sequence[AreaHit], rules: Mapping[str, Sequence[Candidate]], day: date) -> Scene:
    here = [rule for hit in hits for rule in rules.get(hit.code, ())]
    return Scene(day, Spot(code, tuple(hits)), here, here)
