"""Join a report to a hazard that its sender has recognised: "I see it too". No machine decides that two are one.

The hazard's version stays as it is: what the staff has on its screen has not changed by one more person seeing it.
"""

from datetime import datetime
from typing import Any

from shapely.geometry import Point
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.actions.photos import add_photos
from app.actions.severity import is_kept, score_hazard, was_hurt
from app.actions.submission import Reported, Submission, insert_report
from app.domain.duplicates import BY_HAND
from app.domain.errors import CannotJoin
from app.domain.hazard import PhotoKind, ReportKind, Status
from app.domain.policy import Policy
from app.models import Hazard, HazardType
from app.outbox import JobName, enqueue
from app.queries import intake


def join_hazard(
    session: Session,
    *,
    submission: Submission,
    kind: HazardType,
    label: Point,
    text: str,
    receipt: str,
    policy: Policy,
    now: datetime,
) -> Reported:
    """Add the report, its photos and its weight to the hazard it names. Raises CannotJoin; never commits."""
    assert submission.joins is not None  # noqa: S101 - the caller asks only then
    hazard = intake.joinable(
        session, submission.joins, group=kind.group, label=label, reach_m=BY_HAND * kind.duplicate_radius_m
    )
    if hazard is None:
        raise CannotJoin()
    report_id = insert_report(
        session, submission, hazard.id, text=text, receipt=receipt, now=now, kind=ReportKind.SEEN_TOO
    )
    add_photos(
        session, hazard_id=hazard.id, report_id=report_id, files=submission.photos, kind=PhotoKind.REPORT, now=now
    )
    newly_hurt = submission.someone_hurt and not was_hurt(hazard)
    changed = raise_hurt(session, hazard, policy, now) if newly_hurt else {}
    session.execute(update(Hazard).where(Hazard.id == hazard.id).values(reports=Hazard.reports + 1, **changed))
    event_id = _append(session, hazard, submission, now)
    if newly_hurt:
        alarm(session, hazard, event_id)
    return Reported(hazard.reference, receipt, created=True)


def raise_hurt(session: Session, hazard: Hazard, policy: Policy, now: datetime) -> dict[str, Any]:
    """What changes of the hazard where the first person says that somebody was hurt."""
    found = score_hazard(
        session,
        kind=intake.hazard_type(session, hazard.hazard_type),
        label=hazard.label,
        hints=hazard.hints,
        someone_hurt=True,
        policy=policy,
        day=policy.day(now),
        kept=is_kept(hazard),
    )
    why = [part.as_stored() for part in found.because]
    return {"urgent": True, "severity": found.level.value, "severity_why": why}


def _append(session: Session, hazard: Hazard, submission: Submission, now: datetime) -> int:
    return append_event(
        session,
        hazard_id=hazard.id,
        kind="report_joined",
        at=now,
        by=submission.by,
        status=Status(hazard.status),
        body_id=hazard.body_id,
        channel=submission.channel.value,
        hints=dict(submission.hints) or None,
    )


def alarm(session: Session, hazard: Hazard, event_id: int) -> None:
    """The letter to the body calls who is on duty; where there is no body, the coordinator's are called."""
    if hazard.body_id is not None:
        enqueue(session, JobName.NOTIFY_BODY, hazard_id=hazard.id, event_id=event_id)
    else:
        enqueue(session, JobName.CALL_DUTY, hazard_id=hazard.id)
