"""The two clocks of a hazard in words, for whoever works on it: staff, crews, and a contractor with a link.

Takes a Hazard, or a row with its columns. The state is that of the mark: open, overdue, done, stopped.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.hazard import Status
from app.i18n import gettext as _
from app.web import labels
from app.web.times import staff_due


def make_safe_words(hazard: Any, now: datetime) -> tuple[str, str]:
    """Words and state of the first clock."""
    if hazard.made_safe_at or hazard.status == Status.FIXED:
        return _("Done"), "done"
    if not hazard.is_open:
        return labels.not_needed(), "stopped"
    return _clock_words(must_be_safe_by(hazard), now)


def must_be_safe_by(hazard: Any) -> datetime | None:
    """From when on the words count it late: of a measure that has run out, from then, for until then it was safe. The
    time that is kept, the overdue mark and the order of the work stay with what was due at first.
    """
    due: datetime | None = hazard.make_safe_due
    return due if due is None or hazard.inspect_due is None else max(due, hazard.inspect_due)


def fix_words(hazard: Any, now: datetime) -> tuple[str, str]:
    """Words and state of the second clock."""
    if hazard.status == Status.FIXED:
        return _("Done"), "done"
    if not hazard.is_open:
        return labels.not_needed(), "stopped"
    if hazard.fix_paused_at:
        return labels.waits_for_answer(), "stopped"
    return _clock_words(hazard.fix_due, now)


def _clock_words(due: datetime | None, now: datetime) -> tuple[str, str]:
    if due is None:
        return _("No target for this kind"), "stopped"
    return staff_due(due, now=now), "overdue" if due < now else "open"
