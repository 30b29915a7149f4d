"""The life of a hazard, as one table: what may be done, from where, by whom, with what proof.

A line is an act, not a pair of statuses: several acts change no status (made safe is a mark beside it, decisions §2),
and people ask "may I do this now", not "may 3 become 7". A reported fix and a proposed rejection exclude each other: a
hazard has one proposer at a time, else the second proposal would free the first proposer to confirm. Only an arbiter
hands over and so closes: a body that finds a hazard to be the emergency service's forwards it there, which closes
nothing. Sources: decisions §2-6, domain notes §1.1-1.2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain import errors
from app.domain.hazard import CLOSED_STATUSES, OPEN_STATUSES, Measure, RejectReason, Status
from app.domain.permissions import Actor, Permission


class Act(StrEnum):
    ACCEPT = "accept"
    PLAN = "plan"
    START = "start"
    HOLD = "hold"
    MAKE_SAFE = "make_safe"
    REPORT_FIX = "report_fix"
    CONFIRM_FIX = "confirm_fix"
    FIX = "fix"
    NOT_FOUND = "not_found"
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
    HAND_OVER = "hand_over"
    NOTE = "note"
    ASSIGN_WORK = "assign_work"
    RETURN_WORK = "return_work"
    ASK = "ask"


class Need(StrEnum):
    NOTE = "note"
    PHOTO = "photo"
    MEASURE = "measure"
    REASON = "reason"
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
    """One line of the table. `to` None keeps the status; `second_person` must differ from who proposed."""

    sources: frozenset[Status]
    to: Status | None
    who: Permission
    needs: tuple[Need, ...] = ()
    second_person: bool = False
    proposed: bool | None = None  # True: only while a rejection is proposed; False: only while none is
    refusal: bool = False  # a body says "not ours": twice at most, and never after the arbiter has decided


_WITH_BODY = OPEN_STATUSES - {Status.RECEIVED}
_WORKING = frozenset({Status.ACCEPTED, Status.IN_PROGRESS, Status.PLANNED, Status.ON_HOLD})
_ASSIGNED = frozenset({Status.ASSIGNED})
DISPUTABLE = frozenset({Status.FIX_REPORTED, Status.FIXED, Status.NOT_FOUND})
"""Where a body says that the danger is gone; what a moderator has rejected, no reporter opens again."""

RULES: dict[Act, Rule] = {
    Act.ACCEPT: Rule(_ASSIGNED, Status.ACCEPTED, Permission.ACCEPT),
    Act.PLAN: Rule(_ASSIGNED | _WORKING, Status.PLANNED, Permission.DISPATCH, (Need.DATE,)),
    Act.START: Rule(_WORKING - {Status.IN_PROGRESS} | {Status.FIX_REPORTED}, Status.IN_PROGRESS, Permission.WORK),
    Act.HOLD: Rule(_WORKING - {Status.ON_HOLD}, Status.ON_HOLD, Permission.DISPATCH, (Need.REASON,)),
    Act.MAKE_SAFE: Rule(_WITH_BODY, None, Permission.WORK, (Need.MEASURE, Need.PHOTO)),
    Act.REPORT_FIX: Rule(_WORKING, Status.FIX_REPORTED, Permission.WORK, (Need.NOTE, Need.PHOTO), proposed=False),
    Act.CONFIRM_FIX: Rule(frozenset({Status.FIX_REPORTED}), Status.FIXED, Permission.CONFIRM, second_person=True),
    Act.FIX: Rule(_WORKING | {Status.FIX_REPORTED}, Status.FIXED, Permission.WORK, (Need.NOTE, Need.PHOTO)),
    Act.NOT_FOUND: Rule(_WORKING, Status.NOT_FOUND, Permission.WORK, (Need.NOTE, Need.PHOTO)),
    Act.FORWARD: Rule(OPEN_STATUSES, Status.ASSIGNED, Permission.DISPATCH, (Need.BODY, Need.REASON), refusal=True),
    Act.DISCLAIM: Rule(
        _WITH_BODY - {Status.FIX_REPORTED}, None, Permission.DISPATCH, (Need.REASON,), proposed=False, refusal=True
    ),
    Act.ARBITRATE: Rule(OPEN_STATUSES, None, Permission.ARBITRATE, (Need.BODY, Need.REASON)),
    Act.PROPOSE_REJECTION: Rule(
        _WITH_BODY - {Status.FIX_REPORTED}, None, Permission.DISPATCH, (Need.REJECT_REASON, Need.NOTE), proposed=False
    ),
    Act.CONFIRM_REJECTION: Rule(OPEN_STATUSES, Status.REJECTED, Permission.MODERATE, second_person=True, proposed=True),
    Act.DECLINE_REJECTION: Rule(OPEN_STATUSES, None, Permission.MODERATE, (Need.REASON,), proposed=True),
    Act.REOPEN: Rule(CLOSED_STATUSES, Status.ASSIGNED, Permission.DISPATCH, (Need.REASON,)),
    Act.DISPUTE: Rule(DISPUTABLE, Status.ASSIGNED, Permission.DISPUTE),
    Act.CORRECT: Rule(OPEN_STATUSES, None, Permission.DISPATCH, (Need.PLACE_OR_TYPE, Need.REASON)),
    Act.MARK_DUPLICATE: Rule(_WITH_BODY, Status.DUPLICATE, Permission.DISPATCH, (Need.HAZARD,)),
    Act.HAND_OVER: Rule(_WITH_BODY, Status.HANDED_OVER, Permission.ARBITRATE, (Need.NOTE,)),
    Act.NOTE: Rule(frozenset(Status), None, Permission.WORK, (Need.NOTE,)),
    Act.ASSIGN_WORK: Rule(_WITH_BODY, None, Permission.DISPATCH, (Need.CREW,)),
    Act.RETURN_WORK: Rule(_WITH_BODY, None, Permission.WORK, (Need.REASON,)),
    Act.ASK: Rule(_WITH_BODY, None, Permission.DISPATCH, (Need.NOTE,)),
}


@dataclass(frozen=True)
class Given:
    """What the actor brought: texts, a choice, and how many photographs were stored for this act."""

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


@dataclass(frozen=True)
class Subject:
    """The part of a hazard that the table asks about. `proposer_id`: who proposed the fix or the rejection.

    `refusals`, `settled`: how often bodies said "not ours", and whether the arbiter has decided.
    """

    status: Status
    body_id: int | None
    rejection_proposed: bool = False
    proposer_id: int | None = None
    refusals: int = 0
    settled: bool = False

    @property
    def may_refuse(self) -> bool:
        """Whether a body may still say "not ours"."""
        return not self.settled and self.refusals < MAX_REFUSALS


_MISSING: dict[Need, tuple[Callable[[Given], bool], type[errors.DomainError]]] = {
    Need.NOTE: (lambda g: bool(g.note.strip()), errors.NeedsNote),
    Need.PHOTO: (lambda g: g.photos > 0, errors.NeedsPhoto),
    Need.MEASURE: (lambda g: g.measure is not None, errors.NeedsMeasure),
    Need.REASON: (lambda g: bool(g.reason.strip()), errors.NeedsReason),
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


def _who_and_when(by: Actor, act: Act, subject: Subject) -> errors.DomainError | None:
    rule = RULES[act]
    if not by.may(rule.who, body_id=subject.body_id):
        return errors.NotPermitted(permission=rule.who.value)
    if subject.status not in rule.sources:
        return errors.ActNotAllowedNow(act=act.value, status=subject.status.value)
    if rule.proposed is not None and rule.proposed != subject.rejection_proposed:
        return errors.ActNotAllowedNow(act=act.value, status=subject.status.value)
    if rule.refusal and not subject.may_refuse and not by.may(Permission.ARBITRATE):
        return errors.NeedsArbiter(act=act.value)
    if rule.second_person and not by.is_system and by.account_id == subject.proposer_id:
        return errors.NeedsSecondPerson(act=act.value)
    return None
