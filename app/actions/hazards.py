"""Work on a hazard: one order for every act of `domain/lifecycle.RULES`.

One engine instead of eighteen functions: the five beats are the same for all of them, and what differs (who, when, with
what proof) stands in the table. What an act changes stands in `changes.py`.
Reopening keeps the clocks: closing wrongly buys no time (decisions §4). What people dispute stays marked until the body
answers: by taking the work up, by a measure, by closing anew or by a rejection that is confirmed; on what stays closed,
by reopening or by a public note of whoever decides there: a word inside, or of a crew, hides nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import changes, merged
from app.actions.changes import Correction
from app.actions.correction_facts import as_it_was, facts_of, is_told
from app.actions.history import append_event, note_inside
from app.actions.moving import move
from app.actions.notify_acts import notify_act
from app.actions.own_words import refuse_passing_on
from app.actions.ownership import refuse
from app.actions.photos import add_photos
from app.actions.proof import doubt_of, shots_of
from app.actions.talk import after_act
from app.domain.errors import (
    DayPast,
    HazardNotFound,
    NobodyAsked,
    SameBody,
    StaleVersion,
    TooManyPhotos,
    UnknownBody,
    UnknownCrew,
)
from app.domain.hazard import MAX_PHOTOS, HoldReason, PhotoKind, Proposal, Status
from app.domain.lifecycle import RULES, Act, Given, Subject, act_in_fact, check
from app.domain.permissions import Actor, Permission
from app.domain.photo import PhotoFile
from app.domain.policy import Policy
from app.domain.proof import Shot
from app.domain.text import clean
from app.models import Body, Hazard
from app.outbox import JobName, enqueue
from app.queries.crews import who_may_work
from app.queries.duty import is_called_to
from app.queries.questions import waits_for_answer
from app.queries.second_person import why_not_second

PHOTO_KINDS = {
    Act.MAKE_SAFE: PhotoKind.MADE_SAFE,
    Act.INSPECT: PhotoKind.MADE_SAFE,
    Act.FIX: PhotoKind.FIXED,
    Act.REPORT_FIX: PhotoKind.FIXED,
}
INTERNAL = frozenset({Act.PROPOSE_REJECTION, Act.DECLINE_REJECTION, Act.CORRECT}) | {
    Act.ASSIGN_WORK,
    Act.RETURN_WORK,
    Act.ASK,
    Act.HAND_OVER,
    Act.DECLINE_HAND_OVER,
    Act.PROPOSE_DUPLICATE,
    Act.DECLINE_DUPLICATE,
}
NO_CORRECTION = Correction()
SEEKING = frozenset({Act.FIX, Act.CONFIRM_FIX, Act.CORRECT})
NOTIFYING = frozenset({Act.FORWARD, Act.ARBITRATE, Act.REOPEN, Act.DISPUTE})
ANSWERS = frozenset({Act.ACCEPT, Act.PLAN, Act.START, Act.MAKE_SAFE, Act.REPORT_FIX, Act.CONFIRM_FIX, Act.FIX}) | {
    Act.CONFIRM_NOT_FOUND,
    Act.CONFIRM_REJECTION,
    Act.REOPEN,
}
MATERIALS_MAX = 500


def act_on_hazard(
    session: Session,
    *,
    by: Actor,
    reference: str,
    act: Act,
    version: int | None,
    given: Given,
    policy: Policy,
    now: datetime,
    photos: Sequence[PhotoFile] = (),
    before: Sequence[PhotoFile] = (),
    correction: Correction = NO_CORRECTION,
    show_note: bool = False,
    done_at: datetime | None = None,
) -> Hazard:
    """Do `act` and return the hazard. `version` is what the actor saw (None: the system itself, which sees the newest).

    What was done is public by the act; the words only with `show_note`, since nobody reads them before the public does.
    `done_at`: when it was done, by a device that was without a network; a word of the history, no rule reads it.
    `before`: photos of how it was, beside those of what was done. A fix that its photos do not prove is only reported:
    then the hazard that comes back is not closed.

    Raises DomainError: HazardNotFound, StaleVersion, NotPermitted, ActNotAllowedNow, Needs….
    """
    joining = None
    if act in merged.JOINING:
        joining = merged.begin(session, by=by, reference=reference, into_id=given.other_hazard_id, act=act)
        given = merged.as_given(given, joining)
    hazard = _locked(session, by, reference)
    if version is not None and version != hazard.version:
        raise StaleVersion(reference=reference)
    if max(len(photos), len(before)) > MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    given = replace(_cleaned(given, len(photos)), changes_place_or_type=correction != NO_CORRECTION)
    body_before, called_before = hazard.body_id, is_called_to(hazard)
    check(by, act, subject_of(hazard), given)
    refuse_passing_on(session, hazard, act, given, policy)
    _ensure_second(session, hazard, act, by=by, policy=policy, now=now)
    shots = shots_of(session, hazard, photos, device=given.device, policy=policy)
    doubt = doubt_of(session, hazard, act, shots, by=by, policy=policy, now=now)
    given = replace(given, proven=doubt is None, doubt=doubt)
    act = act_in_fact(by, act, subject_of(hazard), given)
    rule = RULES[act]
    _check_references(session, hazard, given, act)
    if given.planned_for is not None and given.planned_for < policy.day(now):
        raise DayPast()
    if rule.to is not None:
        move(hazard, rule.to, policy=policy, now=now)
    context = changes.Context(session, by, given, policy, now, correction)
    was = as_it_was(hazard)
    changes.CHANGES.get(act, changes.nothing_more)(hazard, context)
    facts = facts_of(session, hazard, was, by=by) if act is Act.CORRECT else {}
    if act in ANSWERS or _is_public_answer(by, act, hazard, show_note):
        hazard.disputed, hazard.flags = False, 0
    event_id = append_event(
        session,
        hazard_id=hazard.id,
        kind=act.value,
        at=now,
        by=by,
        status=Status(hazard.status),
        body_id=hazard.body_id,
        public=is_told(session, hazard, was, facts) if act is Act.CORRECT else _is_public(act, show_note),
        note=given.note or given.reason,
        shown=show_note or None,
        done_at=done_at.isoformat() if done_at else None,
        **_codes(given),
        **facts,
        from_body=body_before if given.body_id or hazard.body_id != body_before else None,
    )
    _keep_proofs(session, hazard, act, event_id, photos=photos, before=before, shots=shots, now=now)
    if given.materials:
        note_inside(session, hazard, "materials", by=by, now=now, note=given.materials)
    notify_act(session, hazard, act, by=by, event_id=event_id, now=now)
    after_act(session, hazard, act, given, by=by, event_id=event_id, policy=policy, now=now)
    passed_on = act is Act.CORRECT and hazard.body_id != body_before
    if (rule.refusal or passed_on) and not by.may(Permission.ARBITRATE):
        event_id = refuse(session, hazard, policy=policy, now=now) or event_id
    if joining is not None and rule.to is Status.DUPLICATE:
        merged.move_over(session, joining, by=by, event_id=event_id, note=given.note, policy=policy, now=now)
    session.flush()
    if act in SEEKING:
        enqueue(session, JobName.SEEK_REPEAT, hazard_id=hazard.id)
    if hazard.body_id is not None and (act in NOTIFYING or hazard.body_id != body_before):
        enqueue(session, JobName.NOTIFY_BODY, hazard_id=hazard.id, event_id=event_id)
    elif act is Act.CORRECT and is_called_to(hazard) and not called_before:
        enqueue(session, JobName.CALL_DUTY, hazard_id=hazard.id)
    return hazard


def _is_public(act: Act, show_note: bool) -> bool:
    return act not in INTERNAL and (act is not Act.NOTE or show_note)


def _is_public_answer(by: Actor, act: Act, hazard: Hazard, show_note: bool) -> bool:
    """A note that tells people why what they dispute stays closed."""
    decides = any(by.may(each, body_id=hazard.body_id) for each in (Permission.CONFIRM, Permission.DISPATCH))
    return act is Act.NOTE and show_note and not hazard.is_open and decides


def _ensure_second(session: Session, hazard: Hazard, act: Act, *, by: Actor, policy: Policy, now: datetime) -> None:
    """Raise CorrectedBySame, JoinedBySame or SameHand where behind both names may be one hand."""
    proposer, found = subject_of(hazard).proposer_id, why_not_second
    refusal = found(session, act, hazard_id=hazard.id, proposer_id=proposer, by=by, policy=policy, now=now)
    if refusal is not None:
        raise refusal


def _keep_proofs(
    session: Session,
    hazard: Hazard,
    act: Act,
    event_id: int,
    *,
    photos: Sequence[PhotoFile],
    before: Sequence[PhotoFile],
    shots: Sequence[Shot],
    now: datetime,
) -> None:
    """The photos of an act, and of how it was before."""
    keep = partial(add_photos, session, hazard_id=hazard.id, event_id=event_id, now=now)
    keep(files=before, kind=PhotoKind.BEFORE)
    keep(files=photos, kind=PHOTO_KINDS.get(act, PhotoKind.SITE), shots=shots)


def subject_of(hazard: Hazard) -> Subject:
    """What the lifecycle table asks about this hazard."""
    proposed = Proposal.REJECTION if hazard.rejection_reason else Proposal(hazard.proposal) if hazard.proposal else None
    proposers = {None: hazard.fix_reported_by, Proposal.REJECTION: hazard.rejection_by}
    return Subject(
        Status(hazard.status),
        hazard.body_id,
        proposed,
        proposers.get(proposed, hazard.proposed_by),
        hazard.refusals,
        hazard.settled,
        safe=hazard.made_safe_at is not None or hazard.inspect_due is not None,
    )


def _locked(session: Session, by: Actor, reference: str) -> Hazard:
    found = session.scalar(
        select(Hazard).where(Hazard.reference == reference).with_for_update().execution_options(populate_existing=True)
    )
    if found is None or (found.held and not by.may(Permission.MODERATE)):
        raise HazardNotFound(reference=reference)
    return found


def _cleaned(given: Given, photos: int) -> Given:
    materials = clean(given.materials, limit=MATERIALS_MAX)
    return replace(given, note=clean(given.note), reason=clean(given.reason), materials=materials, photos=photos)


def _check_references(session: Session, hazard: Hazard, given: Given, act: Act) -> None:
    if act is Act.FORWARD and given.body_id == hazard.body_id:
        raise SameBody()
    if act in {Act.FORWARD, Act.ARBITRATE}:
        body = session.get(Body, given.body_id)
        if body is None or not body.active:
            raise UnknownBody()
    if act is Act.ASSIGN_WORK and not who_may_work(session, hazard, given):
        raise UnknownCrew()
    waits = act is Act.HOLD and given.hold_reason is HoldReason.REPORTER_ANSWER
    if waits and not waits_for_answer(session, hazard):
        raise NobodyAsked()
    if act is Act.REOPEN:
        merged.ensure_not_joined(session, hazard)


def _codes(given: Given) -> dict[str, str | int | None]:
    return {
        "measure": given.measure.value if given.measure else None,
        "hold_reason": given.hold_reason.value if given.hold_reason else None,
        "reason_code": given.reject_reason.value if given.reject_reason else None,
        "planned_for": given.planned_for.isoformat() if given.planned_for else None,
        "named_body": given.body_id,
        "crew": given.crew_id,
        "assignee": given.assignee_id,
        "unproven": given.doubt.value if given.doubt else None,
    }
