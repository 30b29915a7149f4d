"""To what somebody on duty is called, and who is next: those whose hours it is now, in their order, then the others.

Decision: hours only change the order. A plan with a hole in it, or a night in which nobody on it answers, must not
leave an urgent hazard unheard, so that everybody is called in the end. Turned down: calling nobody out of hours.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from app.domain.hazard import Severity
from app.domain.shifts import is_on

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
_MOBILE = re.compile(r"(?:\+?7|8)(7(?:0[0-8]|47|7[15-8])\d{7})")


def needs_duty(*, urgent: bool, severity: str, safe: bool) -> bool:
    """Whether somebody is called, at whatever hour: somebody is hurt or the type says call first, or it threatens lives
    and nothing makes it safe.
    """
    return urgent or (severity == Severity.CRITICAL and not safe)


def mobile_number(phone: str | None) -> str | None:
    """`+7` and ten digits where it is a mobile number of Kazakhstan, however typed; None for a city number or 109.

    The codes are those of the country's mobile operators: 700-708, 747, 771, 775-778.
    """
    found = _MOBILE.fullmatch(re.sub(r"[\s().\u2010-\u2015-]", "", phone or ""))
    return f"+7{found[1]}" if found else None


class Hours(Protocol):
    """`weekdays`: 1 is Monday. `starts`, `ends`: minutes of the day, over midnight where the end is not later; None:
    the whole day.
    """

    @property
    def weekdays(self) -> Collection[int]: ...
    @property
    def starts(self) -> int | None: ...
    @property
    def ends(self) -> int | None: ...


Contact = TypeVar("Contact", bound=Hours)


def on_duty(hours: Hours, local: datetime) -> bool:
    """Whether the hours hold at `local`. A night belongs to the day on which it begins; its end is outside."""
    starts, ends = hours.starts or 0, hours.ends or 0
    return any(is_on(day - 1, starts, ends, local) for day in hours.weekdays)


def in_turn(contacts: Iterable[Contact], local: datetime) -> list[Contact]:
    """All of them, those on duty now first; else in the order given."""
    return sorted(contacts, key=lambda contact: not on_duty(contact, local))
