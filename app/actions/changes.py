"""What each act changes on the hazard itself; the engine in `hazards.py` does the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.actions.moving import give, nothing_waits, owner_found, owner_wanted
from app.actions.routing import decide, record_choice, record_decision
from app.actions.severity import score_hazard, was_hurt, write_score
from app.domain import geo
from app.domain.deadlines import due_times
from app.domain.errors import NotReportable, WouldHide
from app.domain.hazard import PUT_BY_PEOPLE, Basis, Moderation, Proposal, Publish
from app.domain.hints import OWNER_HINTS
from app.domain.lifecycle import MAX_REFUSALS, Act, Given
from app.domain.permissions import Actor, Permission
from app.domain.policy import Policy
from app.domain.privacy import is_public, public_place
from app.models import Hazard, HazardType
from app.queries import intake


@dataclass(frozen=True)
class Correction:
    """A better place or type, or all that is seen on the spot (`domain/hints.py`); None keeps what is."""

    geometry: BaseGeometry | None = None
    hazard_type: str | None = None
    hints: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Context:
    session: Session
    by: Actor
    given: Given
    policy: Policy
    now: datetime
    correction: Correction


@dataclass(frozen=True)
class Before:
    """What a hazard was before it was corrected."""

    hazard_type: str
    owner_facts: tuple[Any, ...]


def nothing_more(hazard: Hazard, context: Context) -> None:
    """The status was all."""


def _accept(hazard: Hazard, context: Context) -> None:
    """An akimat that got it for want of an owner accepts to make it safe; the owner is looked for still."""
    outside = hazard.basis == Basis.NEAREST and hazard.owner_unknown and not hazard.refusals
    if outside or hazard.basis == Basis.DEFAULT_TRIAGE:
        return
    owner_found(hazard)
    _choose(hazard, context, Basis.CONFIRMED_BY_BODY)


def _forward(hazard: Hazard, context: Context) -> None:
    _give(hazard, context, context.given.body_id, Basis.BY_DECISION)
    _choose(hazard, context, Basis.BY_DECISION)


def _disclaim(hazard: Hazard, context: Context) -> None:
    """It stays where it is until the arbiter, a second refusal or the deadline moves it."""
    owner_wanted(hazard, policy=context.policy, now=context.now)


def _arbitrate(hazard: Hazard, context: Context) -> None:
    """The end of the dispute: work under way goes on where the body stays the same."""
    _give(hazard, context, context.given.body_id, Basis.BY_DECISION)
    hazard.settled = True
    _choose(hazard, context, Basis.BY_DECISION)


def _give(
    hazard: Hazard, context: Context, body_id: int | None, basis: Basis | None, *, owner_unknown: bool = False
) -> bool:
    return give(hazard, body_id, basis, owner_unknown=owner_unknown, policy=context.policy, now=context.now)


def _choose(hazard: Hazard, context: Context, basis: Basis) -> None:
    hazard.basis = basis.value
    assert hazard.body_id is not None  # noqa: S101 - the table lets nobody here without one
    record_choice(
        context.session,
        hazard_id=hazard.id,
        body_id=hazard.body_id,
        area_id=hazard.area_id,
        basis=basis,
        by=context.by,
        reason=context.given.reason,
        now=context.now,
        settled=hazard.settled,
    )


def _start(hazard: Hazard, context: Context) -> None:
    """Also back to work: the fix that was reported was none."""
    hazard.fix_reported_by = None


def _plan(hazard: Hazard, context: Context) -> None:
    """Who plans it has taken it on."""
    hazard.planned_for = context.given.planned_for
    if hazard.basis not in PUT_BY_PEOPLE and not context.by.may(Permission.ARBITRATE):
        _accept(hazard, context)


def _hold(hazard: Hazard, context: Context) -> None:
    hazard.fix_paused_at = context.now
    hazard.hold_reason = context.given.hold_reason.value if context.given.hold_reason else None


def _make_safe(hazard: Hazard, context: Context) -> None:
    hazard.made_safe_measure = context.given.measure.value if context.given.measure else None
    hazard.made_safe_at = context.now
    hazard.made_safe_until = context.now + context.policy.made_safe_lasts
    hazard.inspect_due = hazard.inspect_measure = None


def _inspect(hazard: Hazard, context: Context) -> None:
    """The measure still holds: trusted anew for as long, and safe since before where its time had not run out."""
    hazard.made_safe_measure = hazard.made_safe_measure or hazard.inspect_measure
    hazard.made_safe_at = hazard.made_safe_at or context.now
    hazard.made_safe_until = context.now + context.policy.made_safe_lasts
    hazard.inspect_due = hazard.inspect_measure = None


def _propose(proposal: Proposal) -> Callable[[Hazard, Context], None]:
    def propose(hazard: Hazard, context: Context) -> None:
        hazard.proposal, hazard.proposed_by = proposal.value, context.by.account_id

    return propose


def _decline(hazard: Hazard, context: Context) -> None:
    """Work goes on as if nothing had been proposed."""
    hazard.proposal = hazard.proposed_by = None


def _report_fix(hazard: Hazard, context: Context) -> None:
    hazard.fix_reported_by = context.by.account_id


def _propose_rejection(hazard: Hazard, context: Context) -> None:
    hazard.rejection_reason = context.given.reject_reason.value if context.given.reject_reason else None
    hazard.rejection_by = context.by.account_id


def _decline_rejection(hazard: Hazard, context: Context) -> None:
    hazard.rejection_reason = hazard.rejection_by = None


def _reopen(hazard: Hazard, context: Context) -> None:
    hazard.made_safe_measure = hazard.made_safe_at = hazard.made_safe_until = None
    hazard.rejection_reason = hazard.rejection_by = hazard.fix_reported_by = None
    nothing_waits(hazard)


def _dispute(hazard: Hazard, context: Context) -> None:
    _reopen(hazard, context)
    hazard.disputed = True


def _duplicate(hazard: Hazard, context: Context) -> None:
    hazard.duplicate_of_id = context.given.other_hazard_id


def _correct(hazard: Hazard, context: Context) -> None:
    """A new place or type, or other hints: decide anew who answers, and what is public, as if reported so."""
    session, policy = context.session, context.policy
    before = Before(hazard.hazard_type, _owner_facts(hazard))
    kind = intake.hazard_type(session, context.correction.hazard_type or hazard.hazard_type)
    if not kind.reportable:
        raise NotReportable(hazard_type=kind.code)
    if context.correction.geometry is not None:
        hazard.geom = geo.hazard_geometry(context.correction.geometry, policy.bounds)
        hazard.label = geo.label_point(hazard.geom)
    if context.correction.hints is not None:
        hazard.hints = intake.checked_hints(session, context.correction.hints)
    coarse = kind.publish_rule is not Publish.PIN_AT_ONCE
    street = intake.nearest_on_street(session, hazard.label) if coarse else None
    hazard.public_place = public_place(hazard.label, kind.publish_rule, nearest_on_street=street)
    _retype(hazard, kind, context)
    _rescore(hazard, kind, context)
    _reroute(hazard, kind, context, before)


def _retype(hazard: Hazard, kind: HazardType, context: Context) -> None:
    """Due times of the type, still counted from receipt, with the pauses already earned; a correction buys no time."""
    if kind.code == hazard.hazard_type:
        return
    before = intake.hazard_type(context.session, hazard.hazard_type)
    _ensure_still_public(hazard, before, kind, context)
    calendar = intake.work_calendar(context.session, context.policy.timezone, around=hazard.received_day)
    was = due_times(hazard.received_at, before.target, calendar)
    due = due_times(hazard.received_at, kind.target, calendar)
    earned = hazard.fix_due - was.fix if hazard.fix_due and was.fix else timedelta(0)
    hazard.hazard_type = kind.code
    hazard.make_safe_due = _earlier(hazard.make_safe_due, due.make_safe)
    hazard.fix_due = _earlier(hazard.fix_due, due.fix + earned if due.fix else None)


def _ensure_still_public(hazard: Hazard, before: HazardType, kind: HazardType, context: Context) -> None:
    """A dispatcher may not take a hazard off the map by calling it something else. Raises WouldHide."""
    moderation = Moderation(hazard.moderation)
    was = is_public(before.publish_rule, moderation, held=hazard.held, review_first=hazard.review_first)
    will = is_public(kind.publish_rule, moderation, held=hazard.held, review_first=hazard.review_first)
    if was and not will and not context.by.may(Permission.ARBITRATE):
        raise WouldHide()


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(one, other) if one and other else one or other


def _rescore(hazard: Hazard, kind: HazardType, context: Context) -> None:
    found = score_hazard(
        context.session,
        kind=kind,
        label=hazard.label,
        hints=hazard.hints,
        someone_hurt=was_hurt(hazard),
        policy=context.policy,
        day=context.policy.day(context.now),
    )
    write_score(hazard, found)


def _reroute(hazard: Hazard, kind: HazardType, context: Context, before: Before) -> None:
    """The decision of the new place, type and hints; the status starts anew only where the body changes."""
    if before.owner_facts == _owner_facts(hazard):
        return
    day = context.policy.day(context.now)
    decision = decide(
        context.session, shape=hazard.geom, hazard_type=kind.key, hints=hazard.hints, policy=context.policy, day=day
    )
    hazard.area_id = decision.area_id
    if _stays(hazard, context, type_changed=before.hazard_type != kind.code):
        return
    record_decision(context.session, hazard_id=hazard.id, decision=decision, now=context.now)
    moved = _give(hazard, context, decision.body_id, decision.basis, owner_unknown=decision.owner_unknown)
    if moved and context.by.may(Permission.ARBITRATE):
        hazard.refusals, hazard.settled = 0, False


def _stays(hazard: Hazard, context: Context, *, type_changed: bool) -> bool:
    """Whether it stays where it is, whatever the rules say now: a correction is no way around the arbiter.

    Where it moves all the same, the engine counts it as a refusal.
    """
    if context.by.may(Permission.ARBITRATE):
        return False
    if hazard.settled or hazard.refusals >= MAX_REFUSALS:
        return True
    return hazard.basis in PUT_BY_PEOPLE and not type_changed


def _owner_facts(hazard: Hazard) -> tuple[Any, ...]:
    """All that who answers depends on."""
    return (hazard.hazard_type, hazard.geom, *(hazard.hints.get(hint) for hint in OWNER_HINTS))


def _assign_work(hazard: Hazard, context: Context) -> None:
    hazard.crew_id, hazard.assignee_id = context.given.crew_id, context.given.assignee_id


def _return_work(hazard: Hazard, context: Context) -> None:
    """Back to the dispatcher, who gives it to somebody else."""
    hazard.crew_id = hazard.assignee_id = None


CHANGES: dict[Act, Callable[[Hazard, Context], None]] = {
    Act.ACCEPT: _accept,
    Act.FORWARD: _forward,
    Act.DISCLAIM: _disclaim,
    Act.ARBITRATE: _arbitrate,
    Act.PLAN: _plan,
    Act.START: _start,
    Act.HOLD: _hold,
    Act.MAKE_SAFE: _make_safe,
    Act.INSPECT: _inspect,
    Act.REPORT_FIX: _report_fix,
    Act.NOT_FOUND: _propose(Proposal.NOT_FOUND),
    Act.DECLINE_NOT_FOUND: _decline,
    Act.HAND_OVER: _propose(Proposal.HAND_OVER),
    Act.DECLINE_HAND_OVER: _decline,
    Act.PROPOSE_REJECTION: _propose_rejection,
    Act.DECLINE_REJECTION: _decline_rejection,
    Act.REOPEN: _reopen,
    Act.DISPUTE: _dispute,
    Act.MARK_DUPLICATE: _duplicate,
    Act.CORRECT: _correct,
    Act.ASSIGN_WORK: _assign_work,
    Act.RETURN_WORK: _return_work,
}
