"""Take a report in: one hazard, assigned at once, and one private statement about it.

The hot path: few statements, Core instead of entities (performance notes). Sending the same `client_id` again answers
the same; what is new in it is added to the report (`sent_again.py`), and a repeat of the same changes nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shapely.geometry import Point
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.actions.duty_many import wait_for_call
from app.actions.history import append_events, event_row
from app.actions.joining import join_hazard
from app.actions.own_words import refuse_violence
from app.actions.photos import add_photos
from app.actions.routing import decide, record_decision
from app.actions.sent_again import keep_changes
from app.actions.severity import score_hazard
from app.actions.submission import Reported, Submission, insert_report
from app.domain import geo, references
from app.domain.deadlines import due_times
from app.domain.duty import needs_duty
from app.domain.errors import BadClientId, NotReportable, StaleVersion, TooMany, TooManyPhotos
from app.domain.hazard import MAX_PHOTOS, Channel, EmergencyMode, PhotoKind, Publish, Status
from app.domain.permissions import SYSTEM, Permission, ensure
from app.domain.policy import Policy
from app.domain.privacy import public_place
from app.domain.routing import Assignment as Decision
from app.domain.text import clean
from app.models import Hazard, HazardType
from app.models.base import table_of
from app.outbox import JobName, enqueue, enqueue_all
from app.queries import intake

_CHANNEL_PERMISSION = {
    Channel.PHONE: Permission.LOG_PHONE_REPORT,
    Channel.PATROL: Permission.LOG_PATROL_REPORT,
    Channel.IMPORT: Permission.ADMINISTER,
}


_NEW_HAZARD = upsert(table_of(Hazard)).on_conflict_do_nothing(index_elements=[Hazard.reference]).returning(Hazard.id)


def report_hazard(
    session: Session, *, submission: Submission, policy: Policy, now: datetime, flood: bool = False
) -> Reported:
    """Store the report and its hazard, decide who answers, tell them. Raises DomainError; never commits.

    `flood`: only what was taken in before is answered; TooMany where anything in it is new, and nothing is kept.
    StaleVersion: a citizen sends again what the desk was given first; there, and not here, it is told what is new.
    """
    needed = _CHANNEL_PERMISSION.get(submission.channel)
    if needed is not None:
        ensure(submission.by, needed, anywhere=True)
    if submission.channel is Channel.PHONE:  # a caller's words in an operator's; a patrol writes what it sees itself
        refuse_violence(session, submission.text, hazard_type=submission.hazard_type, policy=policy)
    receipt = references.receipt_for(submission.client_id, policy.receipt_key)
    known_by_its_own_id = submission.external is not None
    earlier = None if known_by_its_own_id else intake.earlier_report(session, submission.client_id)
    if earlier is not None:
        again = told_again(earlier, submission.channel, receipt)
        if earlier.from_desk and submission.channel is Channel.WEB:
            raise StaleVersion()
        if again.receipt and not again.held:  # without the receipt nothing can be compared
            keep_changes(session, submission, again.receipt, policy=policy, now=now, flood=flood)
        return again
    if flood:
        raise TooMany()
    return take_in(session, submission, policy, now, receipt)


def told_again(earlier: intake.Earlier, channel: Channel, receipt: str) -> Reported:
    """The answer to a repeat. Raises BadClientId where the id is that of a report of another kind."""
    if not earlier.held and earlier.channel != channel.value:
        raise BadClientId()
    same = earlier.receipt_hash == references.receipt_hash(receipt)
    return Reported(earlier.reference, receipt if same else None, created=False, held=earlier.held)


def take_in(session: Session, submission: Submission, policy: Policy, now: datetime, receipt: str) -> Reported:
    """A report that was not taken in before; without a question who sent it."""
    if len(submission.photos) > MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    kind = intake.hazard_type(session, submission.hazard_type)
    if not kind.reportable:
        raise NotReportable(hazard_type=kind.code)
    text = clean(submission.text)
    shape = geo.hazard_geometry(submission.geometry, policy.bounds)
    label = geo.label_point(shape)
    if submission.joins is not None:
        return join_hazard(
            session,
            submission=submission,
            kind=kind,
            label=label,
            text=text,
            receipt=receipt,
            policy=policy,
            now=now,
        )
    hints = intake.checked_hints(session, submission.hints)
    decision = decide(session, shape=shape, hazard_type=kind.key, hints=hints, policy=policy, day=policy.day(now))
    values = _hazard_values(session, submission, kind, decision, label=label, hints=hints, policy=policy, now=now) | {
        "geom": shape,
        "hints": hints,
        "label": label,
    }
    hazard_id, reference = _insert_hazard(session, values)
    record_decision(session, hazard_id=hazard_id, decision=decision, now=now)
    report_id = insert_report(session, submission, hazard_id, text=text, receipt=receipt, now=now)
    add_photos(
        session, hazard_id=hazard_id, report_id=report_id, files=submission.photos, kind=PhotoKind.REPORT, now=now
    )
    _open_history(session, submission, hazard_id, decision, now)
    if needs_duty(urgent=values["urgent"], severity=values["severity"], safe=False):
        _call_duty(session, hazard_id, submission.channel, decision, now)
    return Reported(reference, receipt, created=True)


def _call_duty(session: Session, hazard_id: int, channel: Channel, decision: Decision, now: datetime) -> None:
    """Of many at once one call tells. The letter to a body calls its people; nobody answers: the coordinator's duty."""
    if channel is Channel.IMPORT:
        wait_for_call(session, [hazard_id], now=now)
    elif decision.body_id is None:
        enqueue(session, JobName.CALL_DUTY, hazard_id=hazard_id)


def _hazard_values(
    session: Session,
    submission: Submission,
    kind: HazardType,
    decision: Decision,
    *,
    label: Point,
    hints: Mapping[str, str],
    policy: Policy,
    now: datetime,
) -> dict[str, Any]:
    coarse = kind.publish_rule is not Publish.PIN_AT_ONCE
    street = intake.nearest_on_street(session, label) if coarse else None
    day = policy.day(now)
    severity = score_hazard(
        session,
        kind=kind,
        label=label,
        hints=hints,
        someone_hurt=submission.someone_hurt,
        policy=policy,
        day=day,
    )
    due = due_times(now, kind.target, intake.work_calendar(session, policy.timezone, around=day))
    source, external_id = submission.external or (None, None)
    return {
        "hazard_type": kind.code,
        "public_place": public_place(label, kind.publish_rule, nearest_on_street=street),
        "status": (Status.ASSIGNED if decision.body_id else Status.RECEIVED).value,
        "severity": severity.level.value,
        "severity_why": [part.as_stored() for part in severity.because],
        "received_at": now,
        "received_day": day,
        "make_safe_due": due.make_safe,
        "fix_due": due.fix,
        "area_id": decision.area_id,
        "body_id": decision.body_id,
        "basis": decision.basis,
        "owner_unknown": decision.owner_unknown,
        "owner_due": now + policy.owner_within if decision.owner_unknown else None,
        "review_first": submission.review_first,
        "urgent": submission.someone_hurt or kind.emergency_mode == EmergencyMode.CALL_FIRST,
        "external_source": source,
        "external_id": external_id,
    }


def _insert_hazard(session: Session, values: dict[str, Any]) -> tuple[int, str]:
    """Insert under a reference that is free: among a million, one draw in 30,000 is taken."""
    while True:
        reference = references.new_reference()
        hazard_id = session.connection().scalar(_NEW_HAZARD, {**values, "reference": reference})
        if hazard_id is not None:
            return hazard_id, reference


def _open_history(session: Session, submission: Submission, hazard_id: int, decision: Decision, now: datetime) -> None:
    channel = submission.channel
    first = event_row(
        hazard_id=hazard_id,
        kind="reported",
        at=now,
        by=submission.by,
        status=Status.RECEIVED,
        channel=channel.value,
    )
    if decision.body_id is None:
        append_events(session, [first])
        _seek_repeat(session, hazard_id, channel)
        return
    second = event_row(
        hazard_id=hazard_id,
        kind="assigned",
        at=now,
        by=SYSTEM,
        status=Status.ASSIGNED,
        body_id=decision.body_id,
        basis=decision.basis,
    )
    *_, event_id = append_events(session, [first, second])
    if channel is not Channel.IMPORT:  # thousands at once, which the body's own system knew before
        told = {"hazard_id": hazard_id, "event_id": event_id}
        enqueue_all(session, {JobName.NOTIFY_BODY: told, JobName.SEEK_REPEAT: {"hazard_id": hazard_id}})


def _seek_repeat(session: Session, hazard_id: int, channel: Channel) -> None:
    """Whether this spot was dangerous before is asked after the answer is out; not for what another system had."""
    if channel is not Channel.IMPORT:
        enqueue(session, JobName.SEEK_REPEAT, hazard_id=hazard_id)
