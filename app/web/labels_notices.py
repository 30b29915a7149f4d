"""Words for what staff are told of, and for what became of it."""

from __future__ import annotations

from app.domain.dead_letters import Source, Why
from app.domain.staff_notices import URGENT, Channel, StaffKind
from app.i18n import gettext
from app.i18n import lazy_gettext as _

KINDS = {
    URGENT: _("All that is urgent: somebody is in danger now"),
    StaffKind.ASSIGNED: _("New hazards of my organisation"),
    StaffKind.PASSED_MANY: _("Many hazards passed to my organisation at once"),
    StaffKind.GIVEN_TO_YOU: _("Work given to me or my crew"),
    StaffKind.RETURNED: _("Work a crew has returned"),
    StaffKind.REMINDER: _("A time limit ends soon"),
    StaffKind.DUE: _("A time limit ends"),
    StaffKind.OVERDUE_UP: _("Overdue and not done"),
    StaffKind.MADE_SAFE_EXPIRED: _("A temporary measure has run out"),
    StaffKind.HURT: _("Somebody was hurt"),
    StaffKind.DISPUTED: _("People say it is still dangerous"),
    StaffKind.FIX_TO_CONFIRM: _("A fix to confirm"),
    StaffKind.QUESTION_ANSWERED: _("Answers to our questions"),
    StaffKind.MENTION: _("A colleague mentions me"),
    StaffKind.ROOT_CAUSE: _("The same spot again and again"),
    StaffKind.MERGED: _("Two reports became one"),
}
SOURCES = {
    Source.MESSAGE: _("Letters to organisations"),
    Source.STAFF: _("Messages to staff"),
    Source.NOTICE: _("Messages to followers"),
    Source.WEBHOOK: _("Messages to systems of organisations"),
    Source.JOB: _("Background tasks that failed"),
}
WHYS = {
    Why.CAME_BACK: _("It came back: the address takes nothing any more"),
    Why.GAVE_UP: _("Nobody took it in eight hours"),
    Why.NO_ADDRESS: _("This is no address"),
    Why.NOT_ALLOWED: _("This address may not be called"),
    Why.NO_BROWSER: _("No browser is subscribed any more"),
    Why.REFUSED: _("The other side refuses it for good"),
    Why.FAULT: _("A fault of this program: see its log"),
}
DELIVERIES = {
    "queued": _("Waits"),
    "sent": _("Taken"),
    "refused": _("Given up"),
    "dropped": _("No longer true"),
    "discarded": _("Thrown away"),
}
CHANNELS = {Channel.EMAIL: _("Mail"), Channel.PUSH: _("Browser"), Channel.SMS: _("SMS")}


def staff_kind(kind: str) -> str:
    """ "New hazards of my organisation" …"""
    return str(KINDS[URGENT if kind == URGENT else StaffKind(kind)])


def channel(code: str) -> str:
    """ "Mail", "Browser", "SMS"."""
    return str(CHANNELS[Channel(code)])


def tick(kind: str, code: str) -> str:
    """The name of one tick of the table, for who does not see it."""
    return gettext("%(kind)s: %(channel)s", kind=staff_kind(kind), channel=channel(code))


def source(code: Source) -> str:
    """ "Letters to organisations" …"""
    return str(SOURCES[code])


def why(code: Why) -> str:
    """Why nobody took it."""
    return str(WHYS[code])


def delivery(state: str) -> str:
    """What became of a message to a system."""
    return str(DELIVERIES[state])
