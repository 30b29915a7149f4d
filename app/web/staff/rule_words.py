"""The rules of an act said beside its form, before they refuse: what a photo must show, and what a correction does."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.actions.hazards import subject_of
from app.actions.proof import FIXES, device_counts, renews
from app.actions.severity import is_kept
from app.domain.correction import NEWS_M
from app.domain.errors import DomainError
from app.domain.hazard import Severity
from app.domain.lifecycle import LOOKS, Act
from app.domain.permissions import Actor, Permission
from app.i18n import format_day
from app.i18n import gettext as _
from app.models import Hazard
from app.queries.corrections import corrected
from app.queries.merges import joined_to
from app.queries.proof import given_to, giver_of
from app.queries.second_person import apart_from, why_not_second
from app.web import labels
from app.web.context import now, policy


def act_rules(session: Session, hazard: Hazard, by: Actor, acts: Sequence[Act]) -> dict[str, str]:
    """A sentence or two for each act that has such rules."""
    rules = {act: _rule(session, hazard, by, act) for act in acts if act in FIXES | LOOKS or act is Act.CORRECT}
    return {act.value: rule for act, rule in rules.items() if rule}


def device_helps(session: Session, hazard: Hazard, by: Actor) -> bool:
    """Whether it is of use to say where the device is."""
    return device_counts(session, hazard, Act.FIX, by=by, policy=policy(), now=now())


def may_judge_anew(hazard: Hazard, by: Actor) -> bool:
    """Whether there is a level to lower, and this person may."""
    return is_kept(hazard) and by.may(Permission.ARBITRATE)


def not_second(session: Session, hazard: Hazard, by: Actor, acts: Sequence[Act]) -> tuple[list[Act], str | None]:
    """The acts without those for which this person is no second one, and why."""
    refusals = {act: no_second_for(session, hazard, by, act) for act in acts}
    said = next((labels.error(refusal) for refusal in refusals.values() if refusal), None)
    return [act for act in acts if refusals[act] is None], said


def no_second_for(session: Session, hazard: Hazard, by: Actor, act: Act) -> DomainError | None:
    """What would refuse this person as the second one."""
    proposer = subject_of(hazard).proposer_id
    return why_not_second(session, act, hazard_id=hazard.id, proposer_id=proposer, by=by, policy=policy(), now=now())


def _rule(session: Session, hazard: Hazard, by: Actor, act: Act) -> str | None:
    if act is Act.CORRECT:
        return _correcting(by)
    if policy().fix_proof_m is None:
        return None
    return _looking(hazard, act) if act in LOOKS else _fixing(session, hazard, by, act)


def _fixing(session: Session, hazard: Hazard, by: Actor, act: Act) -> str | None:
    if act is Act.REPORT_FIX:
        return None
    within, moved = policy().fix_proof_m or 0, corrected(session, hazard.id).moved_m
    if moved > within:
        return _(
            "The pin was moved by %(metres)s m after the report: whatever the photo shows, another person confirms.",
            metres=moved,
        )
    closes = _closing(session, hazard, by, round(within))
    if not joined_to(session, hazard.id):
        return closes
    joined = _("What was joined to it counts too: take the photo near each of the places, after their last report.")
    return f"{closes} {joined}"


def _closing(session: Session, hazard: Hazard, by: Actor, within: int) -> str:
    if device_helps(session, hazard, by):
        return _(
            "Closes at once only by a new photo taken within %(metres)s m of where it was reported, after the work was"
            " accepted: by the note of the camera, or of your device, since this job was given to you. Else another"
            " person confirms.",
            metres=within,
        )
    camera = _(
        "Closes at once only by a new photo in which the camera noted the place (within %(metres)s m of where it was"
        " reported) and a time after the work was accepted. Else another person confirms.",
        metres=within,
    )
    return f"{camera} {_new_here(session, hazard, by)}".rstrip()


def _new_here(session: Session, hazard: Hazard, by: Actor) -> str:
    """Why the note of the device of whoever was given the job does not count yet: they and the giver are one hand."""
    giver = giver_of(session, hazard.id)
    critical = hazard.severity == Severity.CRITICAL
    if (
        critical
        or giver is None
        or by.account_id is None
        or not given_to(session, hazard, by=by, day=policy().day(now()))
    ):
        return ""
    ends = apart_from(session, giver, by.account_id, policy=policy(), now=now())
    if ends is None or giver == by.account_id:
        return ""
    return _(
        "You or whoever gave you the job are new in the organisation: the note of your device counts from %(day)s on,"
        " and until then somebody else of the organisation confirms, or the coordinator.",
        day=format_day(ends),
    )


def _looking(hazard: Hazard, act: Act) -> str:
    if not renews(hazard, act):
        return _(
            "Any photo of now will do. Where it does not show the place, that is said beside it, to the public too."
        )
    return _(
        "Take a new photo; one that was used before is refused. Where it does not show the place, the measure is"
        " trusted for %(less)s hours instead of %(all)s.",
        less=round(policy().unplaced_look_lasts.total_seconds() / 3600),
        all=round(policy().made_safe_lasts.total_seconds() / 3600),
    )


def _correcting(by: Actor) -> str:
    told = _(
        "Another kind, organisation or level of danger, and a place %(metres)s m or more away, are shown to the public;"
        " your words are not. Whoever moves the pin or changes the kind does not confirm the end.",
        metres=NEWS_M,
    )
    kept = _("What is critical stays so until the coordinator agrees.")
    return told if by.may(Permission.ARBITRATE) else f"{told} {kept}"
