"""Decide who answers, and record the decision with its trace."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from shapely.geometry import Point
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.hazard import Basis
from app.domain.permissions import Actor
from app.domain.policy import Policy
from app.domain.routing import Assignment as Decision
from app.domain.routing import TypeKey, assign
from app.models import Assignment
from app.queries.candidates import candidates_at


def decide(session: Session, *, place: Point, hazard_type: TypeKey, policy: Policy, now: datetime) -> Decision:
    """Who answers for a hazard of this type at `place` on the local day of `now`."""
    found = candidates_at(session, place, hazard_type, day=policy.day(now), tolerance_m=policy.tolerance_m)
    return assign(found.areas, found.candidates, hazard_type)


def record_decision(session: Session, *, hazard_id: int, decision: Decision, now: datetime) -> None:
    _insert(
        session,
        hazard_id=hazard_id,
        body_id=decision.body_id,
        area_id=decision.area_id,
        basis=decision.basis,
        confidence=decision.confidence,
        trace=[{key: value for key, value in asdict(step).items() if value is not None} for step in decision.trace],
        made_at=now,
    )


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
) -> None:
    """A person's decision: a body confirmed that it is theirs, or somebody sent it to another."""
    _insert(
        session,
        hazard_id=hazard_id,
        body_id=body_id,
        area_id=area_id,
        basis=basis,
        confidence=1.0 if basis is Basis.CONFIRMED_BY_BODY else 0.6,
        trace=[],
        reason=reason,
        made_at=now,
        made_by=by.account_id,
    )


def _insert(session: Session, **values: Any) -> None:
    session.execute(insert(Assignment), values)
