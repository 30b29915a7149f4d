"""The soft ladder against floods (security notes T9): a class of thirty pupils behind one address gets through.

By the hour and the network: up to `straight` at once as the type says, up to `most` taken in and routed while their
publication waits for a moderator, then refused with the telephone numbers. `brake`: above so many from everybody
together publication waits for all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

HOUR = timedelta(hours=1)


class Step(Enum):
    STRAIGHT = "straight"
    REVIEW = "review"
    REFUSED = "refused"


@dataclass(frozen=True)
class Ladder:
    straight: int = 10
    most: int = 60
    brake: int = 2000

    def step(self, mine: int, everybody: int) -> Step:
        """The step of the `mine`th report of a network, the `everybody`th of all, in this hour."""
        if mine > self.most:
            return Step.REFUSED
        return Step.REVIEW if mine > self.straight or everybody > self.brake else Step.STRAIGHT


def hour_of(moment: datetime) -> datetime:
    """The beginning of the clock hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def seconds_left(moment: datetime) -> int:
    """Until the next hour begins, at least one."""
    return max(1, int((hour_of(moment) + HOUR - moment).total_seconds()))
