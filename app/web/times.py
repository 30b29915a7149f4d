"""Times in words: days for the public, exact for staff (decisions §11).

No unit is glued to a number by hand: each sentence is a message with its plural forms.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.i18n import ALMATY, format_datetime, format_day, format_time, gettext, ngettext

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def public_since(day: date, *, today: date) -> str:
    """When it was reported: "today", "yesterday" or a day."""
    if day == today:
        return gettext("today")
    if day == today - DAY:
        return gettext("yesterday")
    return format_day(day)


def staff_due(due: datetime, *, now: datetime) -> str:
    """A due time for those who must keep it: "in 3 hours", "2 days overdue"."""
    return _overdue(now - due) if due < now else _ahead(due - now)


def staff_moment(moment: datetime) -> str:
    """A moment exactly: day and time in Almaty."""
    return format_datetime(moment)


def done_and_arrived(done_at: str | None, arrived: datetime) -> str:
    """When it came; where a device said that it was done before, both, the day of the arrival only if it is another."""
    if not done_at:
        return staff_moment(arrived)
    done = datetime.fromisoformat(done_at)
    same_day = done.astimezone(ALMATY).date() == arrived.astimezone(ALMATY).date()
    came = format_time(arrived) if same_day else format_datetime(arrived)
    return gettext("done %(done)s, arrived %(arrived)s", done=format_datetime(done), arrived=came)


def duration(length: timedelta) -> str:
    """A length of time: "3 hours", "2 days"."""
    days, hours, minutes = _parts(length)
    if days:
        return ngettext("%(num)s day", "%(num)s days", days)
    if hours:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    return ngettext("%(num)s minute", "%(num)s minutes", minutes)


def _ahead(left: timedelta) -> str:
    days, hours, minutes = _parts(left)
    if days:
        return ngettext("in %(num)s day", "in %(num)s days", days)
    if hours:
        return ngettext("in %(num)s hour", "in %(num)s hours", hours)
    return ngettext("in %(num)s minute", "in %(num)s minutes", minutes)


def _overdue(late: timedelta) -> str:
    days, hours, minutes = _parts(late)
    if days:
        return ngettext("%(num)s day overdue", "%(num)s days overdue", days)
    if hours:
        return ngettext("%(num)s hour overdue", "%(num)s hours overdue", hours)
    return ngettext("%(num)s minute overdue", "%(num)s minutes overdue", minutes)


def _parts(length: timedelta) -> tuple[int, int, int]:
    """The largest whole unit: days from two days on, else hours, else minutes (at least one)."""
    if length >= 2 * DAY:
        return length // DAY, 0, 0
    if length >= HOUR:
        return 0, length // HOUR, 0
    return 0, 0, max(1, length // timedelta(minutes=1))
