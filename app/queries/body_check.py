"""What switching a body off, or calling it another kind, would change where its rules are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.coverage import Spot
from app.domain.rule_change import Finding, Scene, changes
from app.models import HazardType, Responsibility
from app.queries.rule_check import areas_over, rules_in_force

MANY_AREAS = 40


def check_body(session: Session, body_id: int, *, kind: str, active: bool, today: date) -> list[Finding]:
    """Whose answers would change today, in at most MANY_AREAS of the areas that the body has rules in."""
    types = [each.key for each in session.scalars(select(HazardType).where(HazardType.reportable))]
    found: list[Finding] = []
    for code in _area_codes(session, body_id):
        hits = areas_over(session, code, today)
        if hits:
            before = rules_in_force(session, {hit.code for hit in hits}, today)
            after = [
                replace(rule, body_kind=kind) if rule.body_id == body_id else rule
                for rule in before
                if active or rule.body_id != body_id
            ]
            found += changes(Scene(today, Spot(code, hits), before, after), types)
    return found


def _area_codes(session: Session, body_id: int) -> Sequence[str]:
    rows = select(Responsibility.area_code).where(Responsibility.body_id == body_id).distinct()
    return session.scalars(rows.order_by(Responsibility.area_code).limit(MANY_AREAS)).all()
