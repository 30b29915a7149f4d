"""Steps of the escalation in words: when, of which clock, who is told."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.escalation import Audience
from app.domain.hazard import Clock
from app.i18n import format_number, gettext
from app.i18n import lazy_gettext as _
from app.web.labels_history import AUDIENCES, CLOCK_NAMES

BOTH_CLOCKS = _("Both times")
WHO = {
    Audience.DISPATCHER: _("Dispatchers of the organisation"),
    Audience.HEAD: _("Head of the organisation: its managers, or else its mailbox"),
    Audience.ABOVE: _("The organisation above it, by a letter to its mailbox"),
    Audience.COORDINATOR: _("The city's coordinators"),
}


def moment(share: float | None, hours: float | None) -> str:
    """ "24 h before the due time"."""
    if share is not None:
        return gettext("When %(percent)s%% of the time is over", percent=format_number(_plain(100 * share)))
    if not hours:
        return gettext("At the due time")
    if hours < 0:
        return gettext("%(hours)s h before the due time", hours=format_number(_plain(-hours)))
    return gettext("%(hours)s h after the due time", hours=format_number(_plain(hours)))


def clock(code: str | None) -> str:
    return str(CLOCK_NAMES[Clock(code)] if code else BOTH_CLOCKS)


def told(codes: Sequence[str]) -> str:
    """The short words of the history."""
    return ", ".join(str(AUDIENCES[Audience(each)]) for each in codes)


def _plain(number: float) -> float:
    rounded = round(number, 2)
    return int(rounded) if rounded == int(rounded) else rounded
