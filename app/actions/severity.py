"""Score a hazard by what is known of it, and again when a season begins or ends."""

from collections.abc import Mapping
from datetime import date, datetime

from shapely.geometry import Point
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.duty_many import wait_for_call
from app.actions.history import append_event
from app.domain.hazard import Status
from app.domain.hints import YES, Hint
from app.domain.permissions import SYSTEM
from app.domain.policy import Policy
from app.domain.severity import KEPT, Circumstances, Score, score
from app.models import Hazard, HazardType
from app.queries import intake

BATCH = 500


def score_hazard(
    session: Session,
    *,
    kind: HazardType,
    label: Point,
    hints: Mapping[str, str],
    someone_hurt: bool,
    policy: Policy,
    day: date,
    kept: bool = False,
) -> Score:
    """Severity of a hazard of `kind` at `label` on `day`; `kept`: critical whatever stands there now."""
    weights = policy.weights
    what = Circumstances(
        month=day.month,
        someone_hurt=someone_hurt,
        hidden=hints.get(Hint.HIDDEN) == YES,
        water=hints.get(Hint.WATER) == YES,
        children_m=intake.metres_to_children(session, label, within_m=weights.reach_m),
        kept=kept,
    )
    return score(kind.severity_key, what, weights)


def write_score(hazard: Hazard, found: Score) -> bool:
    """Store it; whether the level changed."""
    changed = hazard.severity != found.level
    hazard.severity = found.level.value
    hazard.severity_why = [part.as_stored() for part in found.because]
    return changed


def rescore_open(session: Session, *, policy: Policy, now: datetime, after: int = 0) -> int | None:
    """Score `BATCH` open hazards of seasonal types with ids above `after`; the last id, None when there are no more.

    Seasons and weights change without anybody touching a hazard; a changed level is a line of its history.
    """
    day = policy.day(now)
    awake = {code for row in policy.weights.awake for code in row.types}
    seasonal = (func.cardinality(HazardType.season) > 0) | HazardType.code.in_(awake)
    rows = session.execute(
        select(Hazard, HazardType)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .where(Hazard.is_open, Hazard.id > after, seasonal)
        .order_by(Hazard.id)
        .limit(BATCH)
        .with_for_update(of=Hazard, skip_locked=True)
    ).all()
    risen = [each.id for each, kind in rows if _rescore(session, each, kind, policy=policy, day=day, now=now)]
    session.flush()
    wait_for_call(session, risen, now=now)
    return rows[-1][0].id if len(rows) == BATCH else None


def _rescore(session: Session, hazard: Hazard, kind: HazardType, *, policy: Policy, day: date, now: datetime) -> bool:
    """Whether its level has changed."""
    hurt, kept = was_hurt(hazard), is_kept(hazard)
    found = score_hazard(
        session, kind=kind, label=hazard.label, hints=hazard.hints, someone_hurt=hurt, policy=policy, day=day, kept=kept
    )
    if [part.as_stored() for part in found.because] == hazard.severity_why:
        return False
    changed = write_score(hazard, found)
    if changed:
        append_event(
            session,
            hazard_id=hazard.id,
            kind="severity_changed",
            at=now,
            by=SYSTEM,
            status=Status(hazard.status),
            body_id=hazard.body_id,
            severity=found.level.value,
        )
    return changed


def was_hurt(hazard: Hazard) -> bool:
    """Whether somebody had been hurt when it was reported."""
    return any(part["reason"] == "someone_hurt" for part in hazard.severity_why)


def is_kept(hazard: Hazard) -> bool:
    """Whether it is critical only because it was, before its own body corrected it."""
    return any(part["reason"] == KEPT for part in hazard.severity_why)
