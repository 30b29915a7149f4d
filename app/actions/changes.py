"""What each act changes on the hazard itself; the engine in `hazards.py` does the rest. See `corrections.py` too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.actions.corrections import correct
from app.actions.moving import give, nothing_proposed, nothing_waits, owner_found, owner_wanted
from app.actions.ownership import settle_owner_alarm
from app.actions.routing import record_choice
from app.domain.hazard import PUT_BY_PEOPLE, Basis, Proposal
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Permission
from app.domain.policy import Policy
from app.models import Hazard


@dataclass(frozen=True)
class Correction:
    """A better place or type, or all that is seen on the spot (`domain/hints.py`); None keeps what is.

    `anew`: nothing else; the danger is judged by what stands here now, which lowers it only for an arbiter.
    """

    geometry: BaseGeometry | None = None
    hazard_type: str | None = None
    hints: Mapping[str, Any] | None = None
    anew: bool = False


@dataclass(frozen=True)
class Context:
    session: Session
    by: Actor
    given: Given
    policy: Policy
    now: datetime
    correction: Correction


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
    _decided(hazard, context)
    _choose(hazard, context, Basis.BY_DECISION)


def _disclaim(hazard: Hazard, context: Context) -> None:
    """It stays where it is until the arbiter, a second refusal or the deadline moves it."""
    owner_wanted(hazard, policy=context.policy, now=context.now)


def _arbitrate(hazard: Hazard, context: Context) -> None:
    """The end of the dispute: work under way goes on where the body stays the same."""
    _decided(hazard, context)
    hazard.settled = True
    settle_owner_alarm(context.session, hazard, by=context.by, now=context.now)
    _choose(hazard, context, Basis.BY_DECISION)


def _decided(hazard: Hazard, context: Context) -> None:
    """The body that a person has named answers from now on."""
    to, policy = context.given.body_id, context.policy
    give(hazard, to, Basis.BY_DECISION, owner_unknown=False, policy=policy, now=context.now)


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
    """Stops no clock (`moving.py`)."""
    hazard.hold_reason = context.given.hold_reason.value if context.given.hold_reason else None


def _trusted_until(hazard: Hazard, context: Context) -> datetime:
    """The first measure for the whole time, a renewal so too where its photo shows the place, else for less; no look
    takes away what was left.
    """
    policy, again = context.policy, hazard.made_safe_at is not None or hazard.inspect_due is not None
    lasts = policy.unplaced_look_lasts if again and context.given.doubt else policy.made_safe_lasts
    return max(hazard.made_safe_until or context.now, context.now + lasts)


def _make_safe(hazard: Hazard, context: Context) -> None:
    until = _trusted_until(hazard, context)
    hazard.made_safe_measure = context.given.measure.value if context.given.measure else None
    hazard.made_safe_at = context.now
    hazard.made_safe_until = until
    hazard.inspect_due = hazard.inspect_measure = None


def _inspect(hazard: Hazard, context: Context) -> None:
    """The measure still holds: trusted anew for as long, and safe since before where its time had not run out."""
    until = _trusted_until(hazard, context)
    hazard.made_safe_measure = hazard.made_safe_measure or hazard.inspect_measure
    hazard.made_safe_at = hazard.made_safe_at or context.now
    hazard.made_safe_until = until
    hazard.inspect_due = hazard.inspect_measure = None


def _propose(proposal: Proposal) -> Callable[[Hazard, Context], None]:
    def propose(hazard: Hazard, context: Context) -> None:
        hazard.proposal, hazard.proposed_by = proposal.value, context.by.proposer_id

    return propose


def _decline(hazard: Hazard, context: Context) -> None:
    """Work goes on as if nothing had been proposed."""
    nothing_proposed(hazard)


def _report_fix(hazard: Hazard, context: Context) -> None:
    hazard.fix_reported_by = context.by.proposer_id


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


def _propose_duplicate(hazard: Hazard, context: Context) -> None:
    _propose(Proposal.DUPLICATE)(hazard, context)
    hazard.proposed_into_id = context.given.other_hazard_id


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
    Act.PROPOSE_DUPLICATE: _propose_duplicate,
    Act.CONFIRM_DUPLICATE: _duplicate,
    Act.DECLINE_DUPLICATE: _decline,
    Act.CORRECT: correct,
    Act.ASSIGN_WORK: _assign_work,
    Act.RETURN_WORK: _return_work,
}
