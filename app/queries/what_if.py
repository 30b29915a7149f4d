"""Who would answer for a hazard at a place: the decision, and all that it was made from. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.domain.routing import AreaHit, Assignment, Candidate, TypeKey, assign
from app.queries.candidates import candidates_at, evidence_of
from app.queries.names import area_names, body_names


@dataclass(frozen=True)
class WhatIf:
    """`areas` cover the place, the smallest first; where none does, those near enough, the nearest first.

    `rules`: those of the trace, by id.
    """

    decision: Assignment
    areas: tuple[AreaHit, ...]
    rules: Mapping[int, Candidate]
    bodies: Mapping[str, str]
    area_names: Mapping[str, str]


def decided_at(
    session: Session,
    *,
    place: Point,
    hazard_type: TypeKey,
    hints: Mapping[str, str],
    day: date,
    tolerance_m: float,
    language: str,
) -> WhatIf:
    """Decide as `actions.routing.decide` does for a point, and name everything."""
    evidence = evidence_of(session, hints, hazard_type)
    found = candidates_at(session, place, hazard_type, evidence, day=day, tolerance_m=tolerance_m)
    decision = assign(found.areas, found.candidates, hazard_type, evidence)
    areas = sorted(found.areas, key=lambda hit: (hit.distance_m, -hit.rank, hit.code))
    spoken = {hit.code for hit in areas} | {step.area for step in decision.trace if step.area}
    return WhatIf(
        decision,
        tuple(areas),
        {rule.rule_id: rule for rule in found.candidates},
        body_names(session, {step.body for step in decision.trace if step.body}, language),
        area_names(session, spoken, language, day=day),
    )
