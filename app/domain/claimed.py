"""When something was done, by the device that did it without a network: kept beside the time when it arrived.

Decision: the device says when it was done and when it was sent, both by its own clock; only the difference is taken, so
that a wrong clock or time zone changes nothing. A claim is shown in the staff's history and used for nothing else:
due times, overdue, escalation, proofs and every figure go by the time of arrival, else whoever is late would turn back
a clock to be in time. What cannot be (the future, before the body took the hazard on, days ago) is dropped, not moved
to the bound: that would be a time which nobody has said. Turned down: trusting the claim for the clocks where a photo
agrees with it, since the camera's clock is the same device's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

OLDEST = timedelta(hours=72)
"""Who was without a network for longer tells it in words."""
NOTICEABLE = timedelta(minutes=2)
"""What was sent at once needs no second time beside it."""


@dataclass(frozen=True)
class Claim:
    """By the clock of the device: when it was done, when it was sent; both aware."""

    done_at: datetime
    sent_at: datetime


def believed(claim: Claim | None, *, now: datetime, since: datetime | None) -> datetime | None:
    """When it was done, by our clock, to the second; None where the claim is none that can be.

    `since`: when the body took the hazard on, or got it.
    """
    if claim is None or since is None:
        return None
    waited = claim.sent_at - claim.done_at
    done = (now - waited).replace(microsecond=0) if NOTICEABLE <= waited <= OLDEST else None
    return done if done is not None and done >= since else None
