"""Decide who answers, and record the decision with its trace."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.geo import label_point
from app.domain.hazard import Basis
from app.domain.permissions import Actor
from app.domain.policy import Policy
from app.domain.routing import Assignment as Decision
from app.domain.routing import TypeKey, assign, assign_pieces
from app.models import Assignment
from app.models.base import table_of
from app.queries.candidates import candidates_along, candidates_at, evidence_of


def decide(
    session: Session,
    *,
    shape: BaseGeometry,
    hazard_type: TypeKey,
    hints: Mapping[str, str],
    policy: Policy,
    day: date,
) -> Decision:
    """Who answers on `day` for a hazard of this type at `shape`, given what was seen on the spot."""
    evidence = evidence_of(session, hints, hazard_type)
    if not isinstance(shape, Point):
        found = candidates_along(session, shape, hazard_type, evidence, day=day)
        if found.pieces:
            return assign_pieces(found.pieces, found.candidates, hazard_type, evidence)
    place = label_point(shape)
    found = candidates_at(session, place, hazard_type, evidence, day=day, tolerance_m=policy.tolerance_m)
    return assign(found.areas, found.candidates, hazard_type, evidence)


def record_decision(session: Session, *, hazard_id: int, decision: Decision, now: datetime) -> None:
    _insert(
        session,
        hazard_id=hazard_id,
        body_id=decision.body_id,
        area_id=decision.area_id,
        basis=decision.basis,
        confidence=decision.confidence,
        trace=trace_rows(decision),
        made_at=now,
    )


def trace_rows(decision: Decision) -> list[dict[str, Any]]:
    """The trace as it is stored: what a step does not say is left out."""
    return [{key: value for key, value in vars(step).items() if value is not None} for step in decision.trace]


def record_choice(
    session: Session,
    *,
    hazard_id: int,
    body_id: int,
    area_id: int | None,
    basis: Basis,
    by: Actor,
    reason: str,
    now: datetime,
    settled: bool = False,
) -> None:
    """A person's decision: a body confirmed that it is theirs, sent it to another, or the arbiter settled it."""
    _insert(
        session,
        hazard_id=hazard_id,
        body_id=body_id,
        area_id=area_id,
        basis=basis,
        confidence=1.0 if settled or basis is Basis.CONFIRMED_BY_BODY else 0.6,
        trace=[],
        reason=reason,
        made_at=now,
        made_by=by.account_id,
    )


def _insert(session: Session, **values: Any) -> None:
    session.connection().execute(insert(table_of(Assignment)), values)
