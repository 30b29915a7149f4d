"""Which acts a hazard's page offers as big buttons, and in which groups all others are folded.

Decision: what is most likely next follows from status and marks, as a list in the order of its weight, of which the
first three that are allowed are shown. Turned down: the acts that people used most, under which the page would be
another one each week and nobody's hand would know it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.hazard import Status
from app.domain.lifecycle import Act
from app.i18n import LazyText
from app.i18n import lazy_gettext as _
from app.models import Hazard

MOST = 3
_DECIDE = (
    *(Act.CONFIRM_REJECTION, Act.DECLINE_REJECTION),
    *(Act.CONFIRM_NOT_FOUND, Act.DECLINE_NOT_FOUND),
    *(Act.CONFIRM_DUPLICATE, Act.DECLINE_DUPLICATE),
    *(Act.CONFIRM_HAND_OVER, Act.DECLINE_HAND_OVER),
    Act.CONFIRM_FIX,
)
GROUPS: tuple[tuple[LazyText, tuple[Act, ...]], ...] = (
    (_("Decide"), _DECIDE),
    (
        _("Work"),
        (
            *(Act.ACCEPT, Act.PLAN, Act.ASSIGN_WORK, Act.START, Act.HOLD, Act.RETURN_WORK),
            *(Act.MAKE_SAFE, Act.INSPECT, Act.FIX, Act.REPORT_FIX, Act.REOPEN),
        ),
    ),
    (_("Say and correct"), (Act.NOTE, Act.ASK, Act.CORRECT)),
    (_("Not ours"), (Act.FORWARD, Act.DISCLAIM, Act.ARBITRATE, Act.HAND_OVER)),
    (_("Close without a repair"), (Act.NOT_FOUND, Act.MARK_DUPLICATE, Act.PROPOSE_REJECTION)),
)
SHORT = {
    Act.ACCEPT: _("Accept"),
    Act.ASSIGN_WORK: _("Give to a crew"),
    Act.START: _("To work"),
    Act.HOLD: _("Pause"),
    Act.MAKE_SAFE: _("Safe for now"),
    Act.INSPECT: _("Still safe"),
    Act.FIX: _("Fixed"),
    Act.CONFIRM_FIX: _("Confirm"),
    Act.CONFIRM_NOT_FOUND: _("Confirm"),
    Act.DECLINE_NOT_FOUND: _("Look again"),
    Act.CONFIRM_DUPLICATE: _("Compare"),
    Act.DECLINE_DUPLICATE: _("Another one"),
    Act.CONFIRM_HAND_OVER: _("Confirm"),
    Act.CONFIRM_REJECTION: _("Confirm"),
    Act.FORWARD: _("Forward"),
    Act.NOTE: _("Note"),
}
"""For the bar at the thumb, where a line holds ten letters."""
ICONS = {
    Act.ACCEPT: "check",
    Act.PLAN: "calendar",
    Act.ASSIGN_WORK: "person",
    Act.START: "tool",
    Act.HOLD: "pause",
    Act.MAKE_SAFE: "shield",
    Act.INSPECT: "eye",
    Act.FIX: "check",
    Act.CONFIRM_FIX: "check",
    Act.CONFIRM_NOT_FOUND: "check",
    Act.DECLINE_NOT_FOUND: "search",
    Act.CONFIRM_DUPLICATE: "merge",
    Act.DECLINE_DUPLICATE: "reject",
    Act.CONFIRM_HAND_OVER: "check",
    Act.DECLINE_HAND_OVER: "reject",
    Act.CONFIRM_REJECTION: "check",
    Act.DECLINE_REJECTION: "reject",
    Act.FORWARD: "forward",
    Act.ARBITRATE: "person",
    Act.REOPEN: "reopen",
    Act.NOTE: "chat",
    Act.CORRECT: "pin",
}


def next_acts(hazard: Hazard, allowed: Sequence[Act]) -> list[Act]:
    """At most MOST of `allowed`, the most likely first, each once."""
    return [act for act in dict.fromkeys(_likely(hazard)) if act in allowed][:MOST]


def grouped(forms: Sequence[dict[str, Any]], first: Sequence[Act]) -> list[dict[str, Any]]:
    """The forms of all other acts by group; an act that no group names comes last."""
    left = [form for form in forms if form["act"] not in first]
    groups = [
        {"title": str(title), "forms": [form for act in acts for form in left if form["act"] == act]}
        for title, acts in GROUPS
    ]
    named = {act for _title, acts in GROUPS for act in acts}
    other = [form for form in left if form["act"] not in named]
    return [group for group in (*groups, {"title": "", "forms": other}) if group["forms"]]


def _likely(hazard: Hazard) -> list[Act]:
    """In the order of their weight: a decision that waits, danger, then work."""
    status, safe = Status(hazard.status), hazard.made_safe_at is not None
    waits = [Act.INSPECT] if hazard.inspect_due is not None else []
    danger = [] if safe or hazard.make_safe_due is None else [Act.MAKE_SAFE]
    nobody = [Act.ASSIGN_WORK] if hazard.crew_id is None and hazard.assignee_id is None else []
    again = [Act.START] if status in {Status.ON_HOLD, Status.FIX_REPORTED} else []
    passing = [Act.FORWARD, Act.ARBITRATE] if status in {Status.RECEIVED, Status.ASSIGNED} else []
    return [
        *_DECIDE, *waits, Act.ACCEPT, *danger, *again, Act.FIX, *passing, *nobody, Act.REOPEN, Act.HOLD, Act.NOTE,
        Act.FORWARD, Act.ARBITRATE,
    ]  # fmt: skip
