"""A better place, type or list of what was seen: who answers, what is public and how grave it is are decided anew, as
if it had been reported so; only the clocks and what people have decided stay, and what was critical. What was before
stands in the line of the history (`correction_facts.py`), and what matters in the public one (`domain/correction.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.actions.moving import give
from app.actions.routing import decide, record_decision
from app.actions.severity import is_kept, score_hazard, was_hurt, write_score
from app.domain import geo
from app.domain.deadlines import due_times
from app.domain.errors import NotReportable, WouldHide
from app.domain.hazard import PUT_BY_PEOPLE, Moderation, Publish, Severity
from app.domain.hints import OWNER_HINTS
from app.domain.lifecycle import MAX_REFUSALS
from app.domain.permissions import Permission
from app.domain.privacy import is_public, public_place
from app.domain.severity import Score
from app.models import Hazard, HazardType
from app.queries import intake

if TYPE_CHECKING:
    from app.actions.changes import Context


@dataclass(frozen=True)
class Before:
    """What a hazard was before it was corrected."""

    hazard_type: str
    owner_facts: tuple[Any, ...]


def correct(hazard: Hazard, context: Context) -> None:
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
    """What was critical stays so by the word of its own body alone: an arbiter's correction judges it anew."""
    found = _score(hazard, kind, context, kept=is_kept(hazard))
    if hazard.severity == Severity.CRITICAL and found.level is not Severity.CRITICAL:
        found = _score(hazard, kind, context, kept=True)
    write_score(hazard, found)


def _score(hazard: Hazard, kind: HazardType, context: Context, *, kept: bool) -> Score:
    return score_hazard(
        context.session,
        kind=kind,
        label=hazard.label,
        hints=hazard.hints,
        someone_hurt=was_hurt(hazard),
        policy=context.policy,
        day=context.policy.day(context.now),
        kept=kept and not context.by.may(Permission.ARBITRATE),
    )


def _reroute(hazard: Hazard, kind: HazardType, context: Context, before: Before) -> None:
    """The decision of the new place, type and hints; the status starts anew only where the body changes."""
    if before.owner_facts == _owner_facts(hazard):
        return
    policy = context.policy
    day = policy.day(context.now)
    decision = decide(
        context.session, shape=hazard.geom, hazard_type=kind.key, hints=hazard.hints, policy=policy, day=day
    )
    hazard.area_id = decision.area_id
    if _stays(hazard, context, type_changed=before.hazard_type != kind.code):
        return
    record_decision(context.session, hazard_id=hazard.id, decision=decision, now=context.now)
    moved = give(
        hazard, decision.body_id, decision.basis, owner_unknown=decision.owner_unknown, policy=policy, now=context.now
    )
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
