"""The same spot dangerous again: which earlier hazard a new one repeats, and when a cause is to be looked for.

Decision: only what was fixed counts as "before", the same kind within the radius of the kind, and the new one was
reported after the fix and within a set time. A spot goes by its first hazard, so that a row of repeats does not wander
down the street link by link. Turned down: counting by address or street, which a manhole has not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Fixed:
    """A hazard that was closed as fixed. `distance_m`: from the new one to it and, of a known spot, to its first."""

    id: int
    hazard_type: str
    closed_at: datetime
    distance_m: float
    spot_id: int | None = None


def repeated(
    earlier: Sequence[Fixed], *, hazard_type: str, radius_m: float, received_at: datetime, within: timedelta
) -> Fixed | None:
    """The one that is repeated: the last fixed of those that fit, or None."""
    fitting = [
        one
        for one in earlier
        if one.hazard_type == hazard_type
        and one.distance_m <= radius_m
        and received_at - within <= one.closed_at <= received_at
    ]
    return max(fitting, key=lambda one: (one.closed_at, one.id), default=None)


def wants_cause(number: int, *, after: int) -> bool:
    """Whether the cause is to be looked for when it is dangerous for the `number`-th time. `after` 0: never."""
    return 0 < after <= number
