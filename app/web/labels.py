"""Codes in words, in the language of the page. One function for each kind of code; all take the code or the enum.

Decision: tables of lazy messages beside each other, so that a missing member is seen by a test, and the words are
read in one place by whoever translates. Turned down: words in the domain (it knows no language), and message ids
built from codes (no tool finds them). Acts, events and reasons are in `labels_history.py`, refusals in
`labels_errors.py`, what people send in `labels_reports.py`, hints, areas and alarms beside them; all are offered here
too, so that pages import this module only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.errors import DomainError
from app.domain.hazard import (
    Clock,
    GeometryKind,
    HoldReason,
    Measure,
    RejectReason,
    Severity,
    Status,
)
from app.domain.lifecycle import Act
from app.domain.permissions import ROLE_PERMISSIONS, Permission, Role
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.web.labels_accounts import account_state, not_your_password, passkey_wrong, role_does, wrong_code
from app.web.labels_alarms import alarm
from app.web.labels_areas import area_kind, basis_short, dead, flaw, run_state
from app.web.labels_errors import (
    error as plain_error,
)
from app.web.labels_errors import (
    error_by_code,
    form_expired,
    form_kept,
    http_error,
    wrong_sign_in,
)
from app.web.labels_hints import hint, hint_choices, hint_question, hint_value, hint_words
from app.web.labels_history import act, basis, basis_for_staff, escalation, event, trace_step
from app.web.labels_reports import channel, moderation, photo_kind, report_kind, said

STATUSES = {
    Status.RECEIVED: _("Received"),
    Status.ASSIGNED: _("Assigned"),
    Status.ACCEPTED: _("Accepted"),
    Status.IN_PROGRESS: _("In progress"),
    Status.PLANNED: _("Planned"),
    Status.ON_HOLD: _("On hold"),
    Status.FIX_REPORTED: _("Fix reported"),
    Status.FIXED: _("Fixed"),
    Status.NOT_FOUND: _("Not found on site"),
    Status.REJECTED: _("Rejected"),
    Status.DUPLICATE: _("Duplicate"),
    Status.HANDED_OVER: _("Handed to the emergency service"),
}
TAKEN_BACK = _("Taken back by its reporter")
STATES = {"open": _("Dangerous now"), "safe": _("Made safe for now"), "closed": _("Closed")}
SEVERITIES = {
    Severity.LOW: _("Low"),
    Severity.MEDIUM: _("Medium"),
    Severity.HIGH: _("High"),
    Severity.CRITICAL: _("Life-threatening"),
}
SEVERITY_REASONS = {
    "type": _("kind of hazard"),
    "someone_hurt": _("somebody was already hurt"),
    "kept": _("it was critical before it was corrected; only the coordinator may lower that"),
    "hidden": _("hidden or badly covered"),
    "water": _("water inside or deep"),
    "near_children": _("a school, kindergarten or playground %(metres)s m away"),
    "in_season": _("worse in this season"),
    "out_of_season": _("asleep in this season"),
}
GROUPS = {
    "ground": _("Manholes and pits"),
    "water": _("Water and ice"),
    "power": _("Electricity"),
    "emergency": _("Gas and suspicious objects"),
    "buildings": _("Buildings and building sites"),
    "play": _("Playgrounds and sports"),
    "seasonal": _("Trees, snow and icicles"),
    "animals": _("Animals"),
    "traffic": _("Roads and railways"),
    "waste": _("Dangerous waste"),
    "other": _("Something else"),
}
GEOMETRY_KINDS = {GeometryKind.POINT: _("Place"), GeometryKind.LINE: _("Line"), GeometryKind.AREA: _("Area")}
MEASURES = {
    Measure.RIGID_COVER: _("Rigid cover"),
    Measure.GRID: _("Grating"),
    Measure.FULL_FENCE: _("Fence all round"),
    Measure.POWER_OFF: _("Power switched off"),
    Measure.WATER_PUMPED: _("Water pumped out"),
    Measure.GUARD_POSTED: _("Guard on site"),
}
REJECT_REASONS = {
    RejectReason.NO_HAZARD: _("There is no danger there"),
    RejectReason.ABUSE: _("Abuse or a prank"),
    RejectReason.NOT_ENOUGH_DETAIL: _("Too little is known to find it"),
    RejectReason.OUTSIDE_SERVICE_AREA: _("The place is outside the area we serve"),
    RejectReason.TEST_REPORT: _("Test report"),
}
HOLD_REASONS = {
    HoldReason.REPORTER_ANSWER: _("Waiting for the reporter's answer"),
    HoldReason.OTHER_BODY: _("Waiting for another organisation"),
    HoldReason.WEATHER: _("Weather"),
    HoldReason.SPARE_PARTS: _("Waiting for spare parts"),
    HoldReason.PERMIT: _("Waiting for a permit"),
    HoldReason.NO_ACCESS: _("No access to the place"),
    HoldReason.MONEY: _("Waiting for money"),
}
CLOCKS = {Clock.MAKE_SAFE: _("Make safe by"), Clock.FIX: _("Fix by")}
CLOCKS_OVERDUE = {Clock.MAKE_SAFE: _("Overdue to be made safe"), Clock.FIX: _("Overdue to be fixed")}
ROLES = {
    Role.CREW: _("Crew"),
    Role.DISPATCHER: _("Dispatcher"),
    Role.MANAGER: _("Manager"),
    Role.COORDINATOR: _("Coordinator"),
    Role.MODERATOR: _("Moderator"),
    Role.OPERATOR: _("Operator"),
    Role.COUNCIL_VIEWER: _("Viewer for the maslikhat"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.AUDITOR: _("Auditor"),
}
CHOOSE = _("Choose…")
NOT_NEEDED = _("No longer needed")
WAITS_FOR_ANSWER = _("Stopped until an answer comes")


def status(code: Status | str, *, taken_back: bool | None = False) -> str:
    """ "Received", "Assigned" … `taken_back`: it is closed because its reporter took the report back."""
    return str(TAKEN_BACK if taken_back else STATUSES[Status(code)])


def state(code: str) -> str:
    """What the map's mark means: open, safe or closed."""
    return str(STATES[code])


def severity(code: Severity | str) -> str:
    return str(SEVERITIES[Severity(code)])


def severity_reason(code: str, metres: int | None = None) -> str:
    """Why points were given, after `domain/severity.py`; `metres` to the place of children."""
    reason = str(SEVERITY_REASONS[code])
    return reason if metres is None else reason % {"metres": metres}


def group(code: str) -> str:
    """A group of hazard types, as on the map's filter."""
    return str(GROUPS[code])


def geometry_kind(code: GeometryKind | str) -> str:
    return str(GEOMETRY_KINDS[GeometryKind(code)])


def measure(code: Measure | str) -> str:
    """What was done to make it safe."""
    return str(MEASURES[Measure(code)])


def reject_reason(code: RejectReason | str) -> str:
    return str(REJECT_REASONS[RejectReason(code)])


def hold_reason(code: HoldReason | str) -> str:
    """What work on hold waits for."""
    return str(HOLD_REASONS[HoldReason(code)])


def clock(code: Clock | str) -> str:
    """The name of a due time, before the time: "Make safe by"."""
    return str(CLOCKS[Clock(code)])


def clock_overdue(code: Clock | str) -> str:
    """Which clock has run out."""
    return str(CLOCKS_OVERDUE[Clock(code)])


def role(code: Role | str) -> str:
    return str(ROLES[Role(code)])


NO_WORDS = {
    Act.ASK: _("Write the question to the reporter."),
    Act.NOTE: _("Write the note."),
}
"""For acts whose words are not of what was done."""


def error(refusal: DomainError) -> str:
    """The sentence of a refusal: which rule said no, and to whom."""
    return kept_error(refusal.code, refusal.values) or plain_error(refusal)


def kept_error(code: str, values: Mapping[str, Any]) -> str:
    """The same of one of which code and values were kept; "" where the act says no more than the code."""
    if code == "act_not_allowed_now" and values.get("act") in list(Act):
        words = {"act": act(values["act"]), "status": status(values["status"])}
        return gettext("“%(act)s” is not possible while the status is “%(status)s”.", **words)
    if code == "needs_note" and values.get("act") in NO_WORDS:
        return str(NO_WORDS[values["act"]])
    if code == "not_permitted" and values.get("permission") in list(Permission):
        return _only(Permission(values["permission"]))
    return ""


def _only(permission: Permission) -> str:
    """Who may do what was refused; some things nobody on the staff may."""
    who = [role(each) for each, held in ROLE_PERMISSIONS.items() if permission in held]
    return (
        gettext("You may not do this. It is for: %(who)s.", who=", ".join(who))
        if who
        else gettext("You may not do this.")
    )


def second_refusal() -> str:
    """What a second "not ours" has done."""
    return gettext(
        "Done. This was the second refusal: the akimat must now make it safe, and the coordinator decides who answers."
    )


def choose() -> str:
    """The empty line of a list."""
    return str(CHOOSE)


def not_needed() -> str:
    """What became of a clock when the hazard was closed for another reason than a repair."""
    return str(NOT_NEEDED)


def waits_for_answer() -> str:
    """For the fix clock while a reporter is asked."""
    return str(WAITS_FOR_ANSWER)


__all__ = [
    "account_state",
    "act",
    "alarm",
    "area_kind",
    "basis",
    "basis_for_staff",
    "basis_short",
    "channel",
    "choose",
    "clock",
    "clock_overdue",
    "dead",
    "error",
    "error_by_code",
    "escalation",
    "event",
    "flaw",
    "form_expired",
    "form_kept",
    "geometry_kind",
    "group",
    "hint",
    "hint_choices",
    "hint_question",
    "hint_value",
    "hint_words",
    "hold_reason",
    "http_error",
    "kept_error",
    "measure",
    "moderation",
    "not_needed",
    "not_your_password",
    "passkey_wrong",
    "photo_kind",
    "reject_reason",
    "report_kind",
    "role",
    "role_does",
    "run_state",
    "said",
    "second_refusal",
    "severity",
    "severity_reason",
    "state",
    "status",
    "trace_step",
    "wrong_code",
    "wrong_sign_in",
]
