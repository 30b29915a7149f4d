"""The life of a hazard, as one table: what may be done, from where, by whom, with what proof.

A line is an act, not a pair of statuses: several acts change no status (made safe is a mark beside it, decisions §2),
and people ask "may I do this now", not "may 3 become 7". What closes without a proof is proposed by one and confirmed
by another; a hazard has one proposal at a time, else the second would free the first proposer to confirm. A fix whose
photo proves place and time closes at once (`proof.py`); without that it is only reported. A duplicate of what is open
is joined by one person, since the danger stays open there; of what is fixed it is only proposed (`merging.py`). Only an
arbiter hands over: a body that finds a hazard to be the emergency service's forwards it there, which closes nothing.
Turned down: a general "confirm" act, under which nobody could see what they confirm. Sources: decisions §2-6, domain
notes §1.1-1.2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain import errors
from app.domain.hazard import CLOSED_STATUSES, OPEN_STATUSES, HoldReason, Measure, Proposal, RejectReason, Status
from app.domain.permissions import Actor, Permission
from app.domain.proof import Device, Doubt


class Act(StrEnum):
    ACCEPT = "accept"
    PLAN = "plan"
    START = "start"
    HOLD = "hold"
    MAKE_SAFE = "make_safe"
    INSPECT = "inspect"
    REPORT_FIX = "report_fix"
    CONFIRM_FIX = "confirm_fix"
    FIX = "fix"
    NOT_FOUND = "not_found"
    CONFIRM_NOT_FOUND = "confirm_not_found"
    DECLINE_NOT_FOUND = "decline_not_found"
    FORWARD = "forward"
    DISCLAIM = "disclaim"
    ARBITRATE = "arbitrate"
    PROPOSE_REJECTION = "propose_rejection"
    CONFIRM_REJECTION = "confirm_rejection"
    DECLINE_REJECTION = "decline_rejection"
    REOPEN = "reopen"
    DISPUTE = "dispute"
    CORRECT = "correct"
    MARK_DUPLICATE = "mark_duplicate"
    PROPOSE_DUPLICATE = "propose_duplicate"
    CONFIRM_DUPLICATE = "confirm_duplicate"
    DECLINE_DUPLICATE = "decline_duplicate"
    HAND_OVER = "hand_over"
    CONFIRM_HAND_OVER = "confirm_hand_over"
    DECLINE_HAND_OVER = "decline_hand_over"
    NOTE = "note"
    ASSIGN_WORK = "assign_work"
    RETURN_WORK = "return_work"
    ASK = "ask"


class Need(StrEnum):
    NOTE = "note"
    PHOTO = "photo"
    MEASURE = "measure"
    REASON = "reason"
    HOLD_REASON = "hold_reason"
    REJECT_REASON = "reject_reason"
    DATE = "date"
    BODY = "body"
    HAZARD = "hazard"
    PLACE_OR_TYPE = "place_or_type"
    CREW = "crew"


MAX_REFUSALS = 2
"""After so many the district akimat must make it safe and the arbiter decides (domain notes §1.1)."""


@dataclass(frozen=True)
class Rule:
    """One line of the table. `to` None keeps the status; `second_person` must differ from who proposed.

    `proposed`: only while this is proposed; `free`: only while nothing is. `refusal`: a body says "not ours": twice at
    most, and never after the arbiter has decided. `safe`: only where a measure is, or was until its time ran out.
    """

    sources: frozenset[Status]
    to: Status | None
    who: Permission
    needs: tuple[Need, ...] = ()
    second_person: bool = False
    proposed: Proposal | None = None
    free: bool = False
    refusal: bool = False
    safe: bool = False


_WITH_BODY = OPEN_STATUSES - {Status.RECEIVED}
_WORKING = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.PLANNED, Status.ON_HOLD})
_ASSIGNED = frozenset({Status.ASSIGNED})
DISPUTABLE = frozenset({Status.FIX_REPORTED, Status.FIXED, Status.NOT_FOUND})
"""Where a body says that the danger is gone; what a moderator has rejected, no reporter opens again."""

LOOKS = frozenset({Act.MAKE_SAFE, Act.INSPECT})
"""After these it is trusted to be safe for a time."""
FACTS = LOOKS | {Act.NOTE}
"""So it was on the spot, whatever was decided meanwhile: they undo no decision, and need no other act to be done."""
_UNDECIDED = _WITH_BODY - {Status.FIX_REPORTED}
_FIX_REPORTED = frozenset({Status.FIX_REPORTED})
_PROOF = (Need.NOTE, Need.PHOTO)

RULES: dict[Act, Rule] = {
    Act.ACCEPT: Rule(_ASSIGNED, Status.ACCEPTED, Permission.ACCEPT),
    Act.PLAN: Rule(_ASSIGNED | _WORKING, Status.PLANNED, Permission.DISPATCH, (Need.DATE,)),
    Act.START: Rule(_WORKING - {Status.IN_PROGRESS} | _FIX_REPORTED, Status.IN_PROGRESS, Permission.WORK),
    Act.HOLD: Rule(_WORKING - {Status.ON_HOLD}, Status.ON_HOLD, Permission.DISPATCH, (Need.HOLD_REASON,)),
    Act.MAKE_SAFE: Rule(_WITH_BODY, None, Permission.WORK, (Need.MEASURE, Need.PHOTO)),
    Act.INSPECT: Rule(_WITH_BODY, None, Permission.WORK, (Need.PHOTO,), safe=True),
    Act.REPORT_FIX: Rule(_WORKING, Status.FIX_REPORTED, Permission.WORK, _PROOF, free=True),
    Act.CONFIRM_FIX: Rule(_FIX_REPORTED, Status.FIXED, Permission.CONFIRM, second_person=True),
    Act.FIX: Rule(_WORKING | _FIX_REPORTED, Status.FIXED, Permission.WORK, _PROOF),
    Act.NOT_FOUND: Rule(_WORKING, None, Permission.WORK, _PROOF, free=True),
    Act.CONFIRM_NOT_FOUND: Rule(
        _UNDECIDED, Status.NOT_FOUND, Permission.CONFIRM, second_person=True, proposed=Proposal.NOT_FOUND
    ),
    Act.DECLINE_NOT_FOUND: Rule(_UNDECIDED, None, Permission.CONFIRM, (Need.REASON,), proposed=Proposal.NOT_FOUND),
    Act.FORWARD: Rule(OPEN_STATUSES, Status.ASSIGNED, Permission.DISPATCH, (Need.BODY, Need.REASON), refusal=True),
    Act.DISCLAIM: Rule(_UNDECIDED, None, Permission.DISPATCH, (Need.REASON,), free=True, refusal=True),
    Act.ARBITRATE: Rule(OPEN_STATUSES, None, Permission.ARBITRATE, (Need.BODY, Need.REASON)),
    Act.PROPOSE_REJECTION: Rule(_UNDECIDED, None, Permission.DISPATCH, (Need.REJECT_REASON, Need.NOTE), free=True),
    Act.CONFIRM_REJECTION: Rule(
        OPEN_STATUSES, Status.REJECTED, Permission.MODERATE, second_person=True, proposed=Proposal.REJECTION
    ),
    Act.DECLINE_REJECTION: Rule(OPEN_STATUSES, None, Permission.MODERATE, (Need.REASON,), proposed=Proposal.REJECTION),
    Act.REOPEN: Rule(CLOSED_STATUSES, Status.ASSIGNED, Permission.DISPATCH, (Need.REASON,)),
    Act.DISPUTE: Rule(DISPUTABLE, Status.ASSIGNED, Permission.DISPUTE),
    Act.CORRECT: Rule(OPEN_STATUSES, None, Permission.DISPATCH, (Need.PLACE_OR_TYPE, Need.REASON)),
    Act.MARK_DUPLICATE: Rule(_WITH_BODY, Status.DUPLICATE, Permission.DISPATCH, (Need.HAZARD,)),
    Act.PROPOSE_DUPLICATE: Rule(_UNDECIDED, None, Permission.DISPATCH, (Need.HAZARD, Need.NOTE), free=True),
    Act.CONFIRM_DUPLICATE: Rule(
        _UNDECIDED, Status.DUPLICATE, Permission.CONFIRM, second_person=True, proposed=Proposal.DUPLICATE
    ),
    Act.DECLINE_DUPLICATE: Rule(_UNDECIDED, None, Permission.CONFIRM, (Need.REASON,), proposed=Proposal.DUPLICATE),
    Act.HAND_OVER: Rule(_UNDECIDED, None, Permission.ARBITRATE, (Need.NOTE,), free=True),
    Act.CONFIRM_HAND_OVER: Rule(
        _UNDECIDED, Status.HANDED_OVER, Permission.CONFIRM, second_person=True, proposed=Proposal.HAND_OVER
    ),
    Act.DECLINE_HAND_OVER: Rule(_UNDECIDED, None, Permission.CONFIRM, (Need.REASON,), proposed=Proposal.HAND_OVER),
    Act.NOTE: Rule(frozenset(Status), None, Permission.WORK, (Need.NOTE,)),
    Act.ASSIGN_WORK: Rule(_WITH_BODY, None, Permission.DISPATCH, (Need.CREW,)),
    Act.RETURN_WORK: Rule(_WITH_BODY, None, Permission.WORK, (Need.REASON,)),
    Act.ASK: Rule(_WITH_BODY, None, Permission.DISPATCH, (Need.NOTE,)),
}
PROPOSES = {
    Act.PROPOSE_REJECTION: Proposal.REJECTION,
    Act.NOT_FOUND: Proposal.NOT_FOUND,
    Act.HAND_OVER: Proposal.HAND_OVER,
    Act.PROPOSE_DUPLICATE: Proposal.DUPLICATE,
}
"""What stands beside the status until a second person confirms or declines it."""


@dataclass(frozen=True)
class Given:
    """What the actor brought: texts, a choice, and how many photographs were stored for this act.

    `device`: where the actor's device said that it was; `proven`: a photo proves place and time, which the action finds
    out; `doubt`: why they do not. `materials`: what was used, for the body alone. `other_is_closed`: of
    `other_hazard_id`, likewise found out.
    """

    note: str = ""
    reason: str = ""
    measure: Measure | None = None
    reject_reason: RejectReason | None = None
    planned_for: date | None = None
    body_id: int | None = None
    other_hazard_id: int | None = None
    photos: int = 0
    changes_place_or_type: bool = False
    crew_id: int | None = None
    assignee_id: int | None = None
    asked_report: int | None = None
    stops_clock: bool = False
    mentions: tuple[int, ...] = ()
    hold_reason: HoldReason | None = None
    materials: str = ""
    device: Device | None = None
    proven: bool = False
    doubt: Doubt | None = None
    other_is_closed: bool = False


@dataclass(frozen=True)
class Subject:
    """The part of a hazard that the table asks about. `proposed`: what waits for a second person beside the status;
    `proposer_id`: who proposed that, or reported the fix.

    `refusals`, `settled`: how often bodies said "not ours", and whether the arbiter has decided. `safe`: there is a
    measure, or one whose time has run out.
    """

    status: Status
    body_id: int | None
    proposed: Proposal | None = None
    proposer_id: int | None = None
    refusals: int = 0
    settled: bool = False
    safe: bool = False

    @property
    def may_refuse(self) -> bool:
        """Whether a body may still say "not ours"."""
        return not self.settled and self.refusals < MAX_REFUSALS


_MISSING: dict[Need, tuple[Callable[[Given], bool], type[errors.DomainError]]] = {
    Need.NOTE: (lambda g: bool(g.note.strip()), errors.NeedsNote),
    Need.PHOTO: (lambda g: g.photos > 0, errors.NeedsPhoto),
    Need.MEASURE: (lambda g: g.measure is not None, errors.NeedsMeasure),
    Need.REASON: (lambda g: bool(g.reason.strip()), errors.NeedsReason),
    Need.HOLD_REASON: (lambda g: g.hold_reason is not None, errors.NeedsHoldReason),
    Need.REJECT_REASON: (lambda g: g.reject_reason is not None, errors.NeedsReason),
    Need.DATE: (lambda g: g.planned_for is not None, errors.NeedsDate),
    Need.BODY: (lambda g: g.body_id is not None, errors.NeedsBody),
    Need.HAZARD: (lambda g: g.other_hazard_id is not None, errors.NeedsHazard),
    Need.PLACE_OR_TYPE: (lambda g: g.changes_place_or_type, errors.NothingChanged),
    Need.CREW: (lambda g: g.crew_id is not None or g.assignee_id is not None, errors.NeedsCrew),
}


def allowed_acts(by: Actor, subject: Subject) -> list[Act]:
    """The acts `by` may do on `subject` now, in the table's order, whatever they need."""
    return [act for act in RULES if _who_and_when(by, act, subject) is None]


def check(by: Actor, act: Act, subject: Subject, given: Given) -> Rule:
    """The rule for `act`, or the DomainError that says which part of it refused."""
    refusal = _who_and_when(by, act, subject)
    if refusal is not None:
        raise refusal
    rule = RULES[act]
    for need in rule.needs:
        present, missing = _MISSING[need]
        if not present(given):
            raise missing(act=act.value)
    return rule


def act_in_fact(by: Actor, act: Act, subject: Subject, given: Given) -> Act:
    """What `act`, checked before, comes to: a fix without a proof is only reported, joining to what is fixed proposed.

    Raises NeedsProof, ProposalWaits, ActNotAllowedNow.
    """
    if act is Act.MARK_DUPLICATE and given.other_is_closed and not by.is_system:
        check(by, Act.PROPOSE_DUPLICATE, subject, given)
        return Act.PROPOSE_DUPLICATE
    if act is not Act.FIX or given.proven:
        return act
    if subject.status is Status.FIX_REPORTED:
        raise errors.NeedsProof(act=act.value)
    check(by, Act.REPORT_FIX, subject, given)
    return Act.REPORT_FIX


def _who_and_when(by: Actor, act: Act, subject: Subject) -> errors.DomainError | None:
    rule = RULES[act]
    if not by.may(rule.who, body_id=subject.body_id):
        return errors.NotPermitted(permission=rule.who.value)
    if subject.status not in rule.sources:
        return errors.ActNotAllowedNow(act=act.value, status=subject.status.value)
    return _marks_refuse(act, subject) or _others_decide(by, act, subject)


def _marks_refuse(act: Act, subject: Subject) -> errors.DomainError | None:
    """What stands beside the status."""
    rule = RULES[act]
    if rule.proposed is not None and rule.proposed is not subject.proposed:
        return errors.NothingProposed(act=act.value)
    if rule.free and subject.proposed is not None:
        return errors.ProposalWaits(act=act.value, proposal=subject.proposed.value)
    if rule.safe and not subject.safe:
        return errors.NothingToInspect(act=act.value)
    return None


def _others_decide(by: Actor, act: Act, subject: Subject) -> errors.DomainError | None:
    """It is for the arbiter, or for somebody else than who proposed it."""
    rule = RULES[act]
    if rule.refusal and not subject.may_refuse and not by.may(Permission.ARBITRATE):
        return errors.NeedsArbiter(act=act.value)
    if rule.second_person and not by.is_system and by.account_id == subject.proposer_id:
        return errors.NeedsSecondPerson(act=act.value)
    return None
