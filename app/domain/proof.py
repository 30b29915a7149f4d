"""Does a photo prove that somebody stood at the hazard after the body had taken it on?

Decision: the camera's own note of place and time, read on the server from the file as it came, is the proof. It holds
against the place that was reported: by how much people have moved the pin since (until the coordinator put it right) is
added to the distance, so that nobody moves a hazard to a photo. A picture that was used before proves nothing. Where
others were joined to the hazard, a photo proves the end of all or of none: it is near to each of their places, each
moved by so much, and newer than their last report.

What the device says at sending is a claim of whoever sends, and whoever wants to lie can. It stands in for a part that
the file lacks (many phones leave the place out) only where two people were at work anyway: a dispatcher gave the job,
and somebody of the crew who is no dispatcher took the photo, and told when. It never closes what is critical, and never
overrules a camera's note. Who has just let the other one in is no second one here either (`queries/second_person.py`).
Turned down: asking for the camera's note alone, which would send most honest work of crews to a second person and teach
people to confirm without looking; keeping the reported shape in a column of its own, which would say the same for
honest pins at the cost of a second geometry of each hazard. A note in a file can be forged too, by somebody who
prepares it; that such a fix is in the public history, under the body's name, is the answer to that.

What makes a hazard safe at night must be quick: any new photo does, and where it does not show the place, that is said
to staff and public. A renewal needs a picture that was never used, and where that does not show the place it is trusted
for a shorter time (`Policy.unplaced_look_lasts`). Source: decisions §3, §22.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

CLOCK_SKEW = timedelta(minutes=10)
"""So much may a camera's clock be wrong."""
FAR_M = 30_000
"""Distances are kept up to this: farther is far."""


class PlacedBy(StrEnum):
    """Who says where and when a photo was taken: the camera in the file, or (weaker) the device at sending."""

    CAMERA = "camera"
    DEVICE = "device"


@dataclass(frozen=True)
class Device:
    """Where a device says that it is, or was when the photo was chosen: latitude, longitude, aware moment.

    Nothing stores or prints the place.
    """

    place: tuple[float, float] = field(repr=False)
    at: datetime | None = None


class Doubt(StrEnum):
    """Why photos prove nothing by themselves; of several the first one is told."""

    USED = "used"
    MOVED = "moved"
    DEVICE = "device"
    TIME = "time"
    FAR = "far"
    NO_PLACE = "no_place"


@dataclass(frozen=True)
class Shot:
    """A photo as far as it is a proof: an aware moment, whole metres from the hazard (of joined ones the farthest), and
    who says so.

    `used`: the very same picture came in before, here or with another hazard.
    """

    taken_at: datetime | None = None
    distance_m: int | None = None
    placed_by: PlacedBy | None = None
    used: bool = False


@dataclass(frozen=True)
class Terms:
    """What a photo must meet: taken from `since` (None: not begun yet) until `now`, at most `within_m` from the hazard.

    `moved_m`: by how much the pin was moved since it was reported, or that of a hazard that was joined to it.
    `device_counts`: whether a device's word does.
    """

    since: datetime | None
    now: datetime
    within_m: float
    moved_m: int = 0
    device_counts: bool = False


def moment(noted: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A camera's time as an aware moment: without an offset it shows the time of the country."""
    return noted.replace(tzinfo=zone) if noted is not None and noted.tzinfo is None else noted


def doubt_about(shots: Iterable[Shot], terms: Terms) -> Doubt | None:
    """Why none of the photos is a proof; None where one is."""
    doubts = [_doubt(shot, terms) for shot in shots] or [Doubt.NO_PLACE]
    told = [doubt for doubt in Doubt if doubt in doubts]
    return None if None in doubts else told[0]


def _doubt(shot: Shot, terms: Terms) -> Doubt | None:
    if shot.used:
        return Doubt.USED
    if shot.distance_m is None:
        return Doubt.NO_PLACE
    if shot.placed_by is PlacedBy.DEVICE and not terms.device_counts:
        return Doubt.DEVICE
    if not _in_time(shot, terms):
        return Doubt.TIME
    if shot.distance_m > terms.within_m:
        return Doubt.FAR
    return Doubt.MOVED if shot.distance_m + terms.moved_m > terms.within_m else None


def _in_time(shot: Shot, terms: Terms) -> bool:
    if shot.taken_at is None or terms.since is None:
        return False
    return terms.since.replace(microsecond=0) <= shot.taken_at <= terms.now + CLOCK_SKEW
