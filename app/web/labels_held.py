"""The words of held reports: why they are held, where they stand, what was decided."""

from __future__ import annotations

from app.domain.held import HeldState, HeldWhy
from app.i18n import lazy_gettext as _

WHY = {
    HeldWhy.WORDS: _("Its words point to violence"),
    HeldWhy.MODERATOR: _("A moderator sent it"),
}
STATES = {
    HeldState.WAITING: _("Waits for a decision"),
    HeldState.HAZARD: _("Became a hazard"),
    HeldState.NOTHING: _("Nothing to do"),
    HeldState.KEPT: _("Kept for the desk of 111"),
}
DECIDED = {
    HeldState.NOTHING: _("Decided: nothing to do. What was written will be erased after 30 days."),
    HeldState.KEPT: _("Decided: it is kept for the desk of 111."),
}


def why(code: str) -> str:
    return str(WHY[HeldWhy(code)])


def state(code: str) -> str:
    return str(STATES[HeldState(code)])


def decided(code: HeldState) -> str:
    return str(DECIDED[code])
