"""Two clocks, both from receipt: make safe in clock hours, fix in clock hours or working days (decisions §4).

A working-day target ends at the close of the N-th working day after the day of receipt, local time.
Source of the calendar: an editable table, since holidays change by law within a year (domain notes §7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.hazard import Clock, FixUnit, Target

CLOSE_OF_DAY = time(18, 0)


KAZAKHSTAN_OFFSET = timedelta(hours=5)
"""The whole country since 1 March 2024, all the year (domain notes §7)."""


def wrong_clock(zone: str, now: datetime) -> str | None:
    """What is wrong with the host's table of time zones; None where it is right. A tzdata before 2024a says six."""
    offset = now.astimezone(ZoneInfo(zone)).utcoffset()
    if zone != "Asia/Almaty" or offset == KAZAKHSTAN_OFFSET:
        return None
    return f"{zone} is at UTC+{offset}, not +5: update the package tzdata"


@dataclass(frozen=True)
class WorkCalendar:
    """`exceptions`: day -> whether it is worked, where it differs from Monday to Friday."""

    timezone: ZoneInfo
    exceptions: Mapping[date, bool]

    def is_working(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def after_working_days(self, moment: datetime, days: int) -> datetime:
        """Close of the `days`-th working day after the local day of `moment` (aware datetime)."""
        day = moment.astimezone(self.timezone).date()
        left = days
        while left > 0:
            day += timedelta(days=1)
            left -= self.is_working(day)
        return datetime.combine(day, CLOSE_OF_DAY, self.timezone)


@dataclass(frozen=True)
class DueTimes:
    make_safe: datetime | None
    fix: datetime | None


def due_times(received_at: datetime, target: Target, calendar: WorkCalendar) -> DueTimes:
    """When the hazard must be safe and when it must be fixed; None where the type has no such target."""
    make_safe = None
    if target.make_safe_hours is not None:
        make_safe = _after_hours(received_at, target.make_safe_hours)
    return DueTimes(make_safe, _fix_due(received_at, target, calendar))


def _fix_due(received_at: datetime, target: Target, calendar: WorkCalendar) -> datetime | None:
    if target.fix_value is None:
        return None
    if target.fix_unit is FixUnit.HOURS:
        return _after_hours(received_at, target.fix_value)
    return calendar.after_working_days(received_at, target.fix_value)


def _after_hours(moment: datetime, hours: int) -> datetime:
    """In UTC, since adding to a local time would miscount over a change of the clock."""
    return moment.astimezone(UTC) + timedelta(hours=hours)


def overdue_clock(
    now: datetime, *, make_safe_due: datetime | None, fix_due: datetime | None, safe: bool, fix_paused: bool
) -> Clock | None:
    """Which clock of an open hazard has run out: fix before make-safe, since it is the later and heavier one."""
    if fix_due is not None and not fix_paused and fix_due < now:
        return Clock.FIX
    if make_safe_due is not None and not safe and make_safe_due < now:
        return Clock.MAKE_SAFE
    return None
