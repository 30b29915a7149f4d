"""What a correction has changed, as its line of the history keeps it: codes, metres, names of streets, no words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.actions.severity import is_kept
from app.domain.correction import is_news
from app.domain.permissions import Actor, Permission
from app.models import Hazard
from app.queries.corrections import corrected, place_names, reach_m


@dataclass(frozen=True)
class AsItWas:
    """A hazard before it is corrected."""

    hazard_type: str
    severity: str
    geom: BaseGeometry
    label: Point
    hints: dict[str, Any]
    body_id: int | None


def as_it_was(hazard: Hazard) -> AsItWas:
    return AsItWas(hazard.hazard_type, hazard.severity, hazard.geom, hazard.label, dict(hazard.hints), hazard.body_id)


def facts_of(session: Session, hazard: Hazard, was: AsItWas, *, by: Actor) -> dict[str, Any]:
    """What was and what is now, of all that differs (`domain/correction.FACTS`)."""
    facts: dict[str, Any] = {}
    if hazard.hazard_type != was.hazard_type:
        facts |= {"from_type": was.hazard_type, "to_type": hazard.hazard_type}
    if hazard.severity != was.severity:
        facts |= {"from_severity": was.severity, "to_severity": hazard.severity}
    if hazard.hints != was.hints:
        facts["from_hints"] = was.hints
    if hazard.geom != was.geom:
        facts |= _move(session, hazard, was)
    if is_kept(hazard):
        facts["kept"] = True
    if by.may(Permission.ARBITRATE):
        facts["arbiter"] = True
    return facts


def is_told(session: Session, hazard: Hazard, was: AsItWas, facts: dict[str, Any]) -> bool:
    """Whether the public is told, before the line is written."""
    unseen = corrected(session, hazard.id).unseen_m
    return is_news(facts, another_body=hazard.body_id != was.body_id, unseen_m=unseen)


def _move(session: Session, hazard: Hazard, was: AsItWas) -> dict[str, Any]:
    moved = {
        "moved_m": reach_m(session, was.geom, hazard.geom),
        "from_place": f"{was.label.y:.6f}, {was.label.x:.6f}",
        "from_near": place_names(session, lon=was.label.x, lat=was.label.y),
        "to_near": place_names(session, lon=hazard.label.x, lat=hazard.label.y),
    }
    return {name: value for name, value in moved.items() if value is not None}
