"""What changing a body or a hazard type would change where rules are: gaps to be shown before it is saved.

Looked at in the largest areas that have such rules; the coverage page looks at all of them, one after another.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.coverage import Spot
from app.domain.routing import TypeKey
from app.domain.rule_change import Finding, Scene, changes
from app.models import Area, HazardType, Responsibility
from app.queries.rule_check import areas_over, rules_in_force

MANY_AREAS = 40


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
    valid = func.daterange(Area.valid_from, Area.valid_until).op("@>")(day)
    codes = select(Responsibility.area_code).where(*which)
    rows = select(Area.code).where(valid, Area.code.in_(codes)).order_by(Area.rank, Area.code).limit(MANY_AREAS)
    return [_scene(session, code, day) for code in session.scalars(rows)]


def _scene(session: Session, code: str, day: date) -> Scene:
    hits = areas_over(session, code, day)
    rules = rules_in_force(session, {hit.code for hit in hits}, day)
    return Scene(day, Spot(code, hits), rules, rules)
