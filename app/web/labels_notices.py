"""Words for what staff are told of, and for what became of it."""

from __future__ import annotations

from app.domain.staff_notices import URGENT, Channel, StaffKind
from app.i18n import gettext
from app.i18n import lazy_gettext as _

KINDS = {
    URGENT: _("All that is urgent: somebody is in danger now"),
    StaffKind.ASSIGNED: _("New hazards of my organisation"),
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
CHANNELS = {Channel.EMAIL: _("E-mail"), Channel.PUSH: _("Browser"), Channel.SMS: _("SMS")}


def staff_kind(kind: str) -> str:
    """ "New hazards of my organisation" …"""
    return str(KINDS[URGENT if kind == URGENT else StaffKind(kind)])


def channel(code: str) -> str:
    """ "E-mail", "Browser", "SMS"."""
    return str(CHANNELS[Channel(code)])


def tick(kind: str, code: str) -> str:
    """The name of one tick of the table, for who does not see it."""
    return gettext("%(kind)s: %(channel)s", kind=staff_kind(kind), channel=channel(code))
