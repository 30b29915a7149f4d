"""Acts, events and reasons of assignments in words. Pages import `labels.py`, which offers all of this.

An event is a short sentence without a subject ("Accepted for work"); who and when stand beside it, so that no name
needs an ending in Kazakh or Russian.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.escalation import Audience
from app.domain.hazard import Basis, Clock
from app.domain.lifecycle import Act
from app.domain.routing import Why
from app.domain.taken_back import CLOSED_BY_REPORTER
from app.i18n import lazy_gettext as _

ACTS = {
    Act.ACCEPT: _("Accept for work"),
    Act.PLAN: _("Plan for a day"),
    Act.START: _("Start work"),
    Act.HOLD: _("Put on hold"),
    Act.MAKE_SAFE: _("Mark as made safe"),
    Act.INSPECT: _("Inspected: still safe"),
    Act.REPORT_FIX: _("Report as fixed, to be checked"),
    Act.CONFIRM_FIX: _("Confirm the fix"),
    Act.FIX: _("Close as fixed"),
    Act.NOT_FOUND: _("Report: not found on site"),
    Act.CONFIRM_NOT_FOUND: _("Confirm: not found, close"),
    Act.DECLINE_NOT_FOUND: _("Do not close: look again"),
    Act.FORWARD: _("Forward to another organisation"),
    Act.DISCLAIM: _("Not ours, the owner is not known"),
    Act.ARBITRATE: _("Decide who answers"),
    Act.PROPOSE_REJECTION: _("Propose to reject"),
    Act.CONFIRM_REJECTION: _("Confirm the rejection"),
    Act.DECLINE_REJECTION: _("Do not reject"),
    Act.REOPEN: _("Reopen"),
    Act.DISPUTE: _("Say that it is still dangerous"),
    Act.CORRECT: _("Correct the place, the kind or what was seen"),
    Act.MARK_DUPLICATE: _("Mark as a duplicate"),
    Act.PROPOSE_DUPLICATE: _("Propose as a duplicate of a fixed hazard"),
    Act.CONFIRM_DUPLICATE: _("Confirm: the same as the fixed one, close"),
    Act.DECLINE_DUPLICATE: _("Do not close: it is another hazard"),
    Act.HAND_OVER: _("Propose to hand to the emergency service"),
    Act.CONFIRM_HAND_OVER: _("Confirm that the emergency service has it, close"),
    Act.DECLINE_HAND_OVER: _("Do not hand it over"),
    Act.NOTE: _("Add a note"),
    Act.ASSIGN_WORK: _("Give to a crew or a person"),
    Act.RETURN_WORK: _("Return the job"),
    Act.ASK: _("Ask the person who reported it"),
}
EVENTS: dict[str, object] = {
    "reported": _("The hazard was reported"),
    "report_joined": _("Somebody else reported it too"),
    "assigned": _("Assigned to the responsible organisation"),
    Act.ACCEPT: _("Accepted for work"),
    Act.PLAN: _("Work was planned"),
    Act.START: _("Work started"),
    Act.HOLD: _("Work put on hold"),
    Act.MAKE_SAFE: _("Made safe for now"),
    Act.INSPECT: _("Inspected: the temporary measure still holds"),
    "materials": _("Materials used"),
    Act.REPORT_FIX: _("Reported as fixed, to be checked"),
    Act.CONFIRM_FIX: _("The fix was checked and confirmed"),
    Act.FIX: _("Fixed"),
    Act.NOT_FOUND: _("Not found on site, a second person checks this"),
    Act.CONFIRM_NOT_FOUND: _("Not found on site"),
    Act.DECLINE_NOT_FOUND: _("Not closed as not found: it is looked for again"),
    Act.FORWARD: _("Forwarded to another organisation"),
    "rerouted": _("Borders or rules have changed: it was decided anew who answers"),
    Act.DISCLAIM: _("The organisation says that it is not theirs: the owner is being looked for"),
    Act.ARBITRATE: _("The coordinator decided who answers"),
    "triaged": _("The owner is not known: the akimat must make it safe"),
    Act.PROPOSE_REJECTION: _("It was proposed to reject this"),
    Act.CONFIRM_REJECTION: _("Rejected"),
    Act.DECLINE_REJECTION: _("A moderator did not agree to reject this"),
    Act.REOPEN: _("Reopened"),
    Act.DISPUTE: _("The person who reported it says that it is still dangerous: open again"),
    "flagged": _("A neighbour says that it is still dangerous"),
    "still_dangerous": _("A reporter says again that it is still dangerous"),
    "confirmed_safe": _("The person who reported it confirms that it is safe now"),
    "addition": _("A reporter added something"),
    "sent_anew": _("A reporter has corrected the place, the kind or what was seen"),
    "answered": _("A reporter has answered the question"),
    "fix_clock_stopped": _("The time for the fix waits for the answer"),
    "fix_clock_runs": _("The time for the fix runs again"),
    "hold_ended": _("Work goes on: the answer has come"),
    "withdrawn_by_reporter": _("The person who reported it took the report back"),
    CLOSED_BY_REPORTER: _("The only person who reported it took the report back: closed"),
    Act.CORRECT: _("The place, the kind or what was seen was corrected"),
    Act.MARK_DUPLICATE: _("Found to be a duplicate of another hazard"),
    Act.PROPOSE_DUPLICATE: _("It was proposed to close this as a duplicate of a fixed hazard"),
    Act.CONFIRM_DUPLICATE: _("Found to be the same as a hazard that was fixed; a second person checked this"),
    Act.DECLINE_DUPLICATE: _("Not closed as a duplicate: it is another hazard"),
    Act.HAND_OVER: _("It was proposed to hand this to the emergency service"),
    Act.CONFIRM_HAND_OVER: _("Handed to the emergency service"),
    Act.DECLINE_HAND_OVER: _("Not handed to the emergency service"),
    Act.NOTE: _("A note was added"),
    Act.ASSIGN_WORK: _("Given to a crew or a person"),
    Act.RETURN_WORK: _("The job was returned to the dispatcher"),
    Act.ASK: _("The person who reported it was asked"),
    "link_given": _("A contractor was given a link to this hazard"),
    "link_revoked": _("A contractor's link was revoked"),
    "text_cleared": _("The description was cleared for the public"),
    "text_refused": _("The description is not shown to the public"),
    "hidden": _("The hazard was hidden from the public"),
    "held": _("A moderator gave the report to the desk"),
    "released": _("The desk gave the hazard back to work"),
    "photo_cleared": _("A photo was cleared for the public"),
    "photo_refused": _("A photo is not shown to the public"),
    "duty_called": _("The person on duty was told"),
    "duty_told_with": _("The person on duty was told of this one together with others that came at once"),
    "duty_passed_on": _("The person on duty did not answer: the next one is told"),
    "duty_acknowledged": _("The person on duty knows of it"),
    "duty_unanswered": _("Nobody on duty has answered: the administrator is told"),
    "photo_edited": _("A moderator cropped a photo or blackened a part of it"),
    "merged_in": _("Reports of the same hazard were joined to this one"),
    "merge_undone": _("It is a hazard of its own again, no duplicate"),
    "split_off": _("Reports that had been joined are a hazard of their own again"),
    "repeat_found": _("The same spot was dangerous before and was fixed"),
    "cause_proposed": _("It was proposed to look for the cause"),
    "cause_accepted": _("The cause will be mended"),
    "cause_done": _("The cause was mended"),
    "cause_declined": _("The cause will not be mended"),
    "escalated": _("Told that the time is running out, or has"),
    "overdue": _("The time set for this has passed"),
    "severity_changed": _("The danger was judged anew, by the season"),
    "made_safe_expired": _("The temporary measure has run out: dangerous again"),
}
CLOCK_NAMES = {Clock.MAKE_SAFE: _("Time to make it safe"), Clock.FIX: _("Time to fix it")}
AUDIENCES = {
    Audience.DISPATCHER: _("dispatchers"),
    Audience.HEAD: _("head of the organisation"),
    Audience.ABOVE: _("organisation above"),
    Audience.COORDINATOR: _("coordinator"),
}
OVERTAKEN = _("nobody, a later step had come already")
BASES = {
    Basis.BY_RULE: _("In this district, this organisation answers for hazards of this kind."),
    Basis.BY_AREA: _("This organisation does such work in the district where the hazard is."),
    Basis.BY_HINT: _("What was seen on the spot points to this organisation."),
    Basis.NEAREST: _("The place lies just outside the known borders; this is the nearest organisation that answers."),
    Basis.DEFAULT_TRIAGE: _("The owner is not known yet. Until then the akimat must make the place safe."),
    Basis.CONFIRMED_BY_BODY: _("The organisation itself confirmed that it answers for this."),
    Basis.BY_DECISION: _("A member of staff decided this and gave a reason."),
}
BASES_FOR_STAFF = {
    Basis.BY_RULE: _("A rule names this kind of hazard or its group, for the smallest area with such a rule."),
    Basis.BY_AREA: _("No rule names this kind of hazard; it went to the first suitable kind of organisation."),
    Basis.BY_HINT: _("What was seen on the spot, such as the letters on a manhole cover, points to this organisation."),
    Basis.NEAREST: _("No area covers the place; the nearest one within the tolerance stood in."),
    Basis.DEFAULT_TRIAGE: _(
        "No organisation was found, or none owns up to it: the akimat of the smallest area must make it safe."
    ),
    Basis.CONFIRMED_BY_BODY: _("The organisation accepted the hazard as its own."),
    Basis.BY_DECISION: _("Somebody on the staff decided this by hand; the reason is in the history."),
}
STEPS = {
    Why.TAKEN: _("%(body)s, area %(area)s: chosen"),
    Why.LATER_IN_ORDER: _("%(body)s, area %(area)s: suitable too, but later in the order"),
    Why.OTHER_TYPE: _("%(body)s, area %(area)s: its rule is for other kinds of hazards"),
    Why.KIND_NOT_NAMED: _("%(body)s, area %(area)s: this kind of organisation does not answer for such hazards"),
    Why.OTHER_HINT: _("%(body)s, area %(area)s: its rule waits for something else to be seen on the spot"),
    Why.CROSSED: _("%(body)s, area %(area)s: a smaller part lies there (%(share)s %%)"),
    Why.OTHER_AREA: _("%(body)s, area %(area)s: the place is not in this area"),
    Why.NO_BODY: _("No organisation answers here: the hazard waits for an administrator"),
}


def act(code: Act | str) -> str:
    """The words of a button."""
    return str(ACTS[Act(code)])


def event(kind: str) -> str:
    """A line of the history."""
    return str(EVENTS[kind])


def escalation(clock: str, told: Sequence[str]) -> str:
    """Which clock it was about, and who was told; nobody where the step was overtaken."""
    who = ", ".join(str(AUDIENCES[Audience(each)]) for each in told) or str(OVERTAKEN)
    return f"{CLOCK_NAMES[Clock(clock)]}: {who}"


def basis(code: Basis | str) -> str:
    """Why this organisation, in one sentence for citizens."""
    return str(BASES[Basis(code)])


def basis_for_staff(code: Basis | str) -> str:
    """Why this organisation, as the router works."""
    return str(BASES_FOR_STAFF[Basis(code)])


def trace_step(
    step: Mapping[str, Any], *, bodies: Mapping[str, str] | None = None, areas: Mapping[str, str] | None = None
) -> str:
    """One stored step of the trace (`why`, `body`, `area` codes). `bodies`, `areas`: names by code, else codes show."""
    body, area = str(step.get("body") or "—"), str(step.get("area") or "—")
    share = f"{100 * float(step.get('share') or 0):.0f}"
    values = {"body": (bodies or {}).get(body, body), "area": (areas or {}).get(area, area), "share": share}
    return str(STEPS[Why(step["why"])]) % values
