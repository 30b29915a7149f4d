"""Who is at work now, and who stands in for whom.

Decision: a week is a ring of minutes, and a shift an arc of it, so that a night shift of Sunday that ends on Monday
needs no rule of its own. Turned down: shifts as dates, which somebody would have to enter anew for every week.
"""

from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime

DAY_M = 24 * 60
WEEK_M = 7 * DAY_M


def length_m(starts: int, ends: int) -> int:
    """Minutes of a shift. One that ends when it starts lasts all day; one that ends earlier ends on the next day."""
    return (ends - starts) % DAY_M or DAY_M


def left_m(weekday: int, starts: int, ends: int, local: datetime) -> int:
    """Minutes until the shift ends at `local` (a wall clock's moment); 0 where it is not on."""
    at = local.weekday() * DAY_M + local.hour * 60 + local.minute
    gone = (at - weekday * DAY_M - starts) % WEEK_M
    return max(0, length_m(starts, ends) - gone)


def is_on(weekday: int, starts: int, ends: int, local: datetime) -> bool:
    """Whether the shift is on at `local`. Its first minute belongs to it, its last one to the next shift."""
    return left_m(weekday, starts, ends, local) > 0


def is_away(starts_on: date, ends_on: date, day: date) -> bool:
    """Both days count."""
    return starts_on <= day <= ends_on


def with_stand_ins(people: Iterable[int], deputies: Mapping[int, Set[int]]) -> list[int]:
    """`people` and all who stand in for them, each once and in this order: a deputy who is away has one, too."""
    found = list(dict.fromkeys(people))
    known = set(found)
    for each in found:  # grows while it is read
        more = sorted(deputies.get(each, frozenset()) - known)
        known.update(more)
        found.extend(more)
    return found


def clock(minutes: int) -> str:
    """ "08:30" of minutes since midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
