"""Is it the same hazard? A score with its reasons; a person decides.

Decision: points for nearness, kind and time, added up, so that each can be said in a sentence; what is of another group
or beyond the radius of both kinds is never offered. Turned down: words of the texts (three languages, typed in a hurry,
and "open manhole" is what all of them say), and a machine that merges: two open manholes 8 m apart are two. Symmetric:
what A is to B, B is to A.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NEAR_POINTS, FAR_POINTS = 60, 20
SAME_TYPE_POINTS, SAME_GROUP_POINTS = 25, 5
TIME_POINTS = ((timedelta(days=1), 15), (timedelta(days=7), 10), (timedelta(days=30), 5))
LIKELY = 65
"""From so many points on the inbox marks it: the same kind within about half of the radius and a week or so."""

BY_HAND = 3
"""Times the radius of a type within which people may say that two are one: they stand apart from what they see, and
pins are put by hand. Nearer ones alone are offered."""


class Reason(StrEnum):
    DISTANCE = "distance"
    SAME_TYPE = "same_type"
    SAME_GROUP = "same_group"
    LATER = "later"
    EARLIER = "earlier"


@dataclass(frozen=True)
class Seen:
    """What the rule asks of a hazard. `radius_m`: of its type, metres."""

    hazard_type: str
    group: str
    radius_m: float
    received_at: datetime


@dataclass(frozen=True)
class Part:
    """One reason: metres for `DISTANCE`, whole days for `LATER` and `EARLIER`."""

    reason: Reason
    points: int
    value: int = 0


@dataclass(frozen=True)
class Likeness:
    """How much the other is like the one, 0–100, and why."""

    because: tuple[Part, ...]

    @property
    def score(self) -> int:
        return sum(part.points for part in self.because)

    @property
    def likely(self) -> bool:
        return self.score >= LIKELY


def likeness(one: Seen, other: Seen, *, distance_m: float) -> Likeness | None:
    """How `other` is like `one`; None where it cannot be the same: another group, or beyond both radii."""
    reach_m = max(one.radius_m, other.radius_m)
    if one.group != other.group or not 0 <= distance_m <= reach_m:
        return None
    return Likeness((_near(distance_m, reach_m), _kind(one, other), _time(one, other)))


def _near(distance_m: float, reach_m: float) -> Part:
    share = distance_m / reach_m if reach_m else 0.0
    return Part(Reason.DISTANCE, round(NEAR_POINTS - share * (NEAR_POINTS - FAR_POINTS)), round(distance_m))


def _kind(one: Seen, other: Seen) -> Part:
    same = one.hazard_type == other.hazard_type
    return Part(Reason.SAME_TYPE, SAME_TYPE_POINTS) if same else Part(Reason.SAME_GROUP, SAME_GROUP_POINTS)


def _time(one: Seen, other: Seen) -> Part:
    apart = abs(other.received_at - one.received_at)
    points = next((points for within, points in TIME_POINTS if apart <= within), 0)
    reason = Reason.LATER if other.received_at >= one.received_at else Reason.EARLIER
    return Part(reason, points, apart // timedelta(days=1))
