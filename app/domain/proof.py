"""Does a photo prove that somebody stood at the hazard after the body had taken it on?

Decision: the camera's own note of place and time, read on the server from the file as it came, is the proof; where the
file lacks a part (many phones leave the place out of what they send), the position that the device reports at sending
stands in, and is marked as the weaker one it is: whoever wants to lie can. A camera's note that says otherwise is never
overruled by a device. Turned down: asking for the camera's note alone, which would send half of all honest work to a
second person and teach people to confirm without looking. Source: decisions §3, §22.
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


@dataclass(frozen=True)
class Shot:
    """A photo as far as it is a proof: an aware moment, whole metres from the hazard, and who says so."""

    taken_at: datetime | None = None
    distance_m: int | None = None
    placed_by: PlacedBy | None = None


def moment(noted: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A camera's time as an aware moment: without an offset it shows the time of the country."""
    return noted.replace(tzinfo=zone) if noted is not None and noted.tzinfo is None else noted


def proof_among(
    shots: Iterable[Shot], *, accepted_at: datetime | None, now: datetime, within_m: float
) -> PlacedBy | None:
    """The strongest proof among the photos of a fix; None where none is one."""
    good = {shot.placed_by for shot in shots if _proves(shot, accepted_at, now, within_m)}
    return PlacedBy.CAMERA if PlacedBy.CAMERA in good else next(iter(good), None)


def _proves(shot: Shot, accepted_at: datetime | None, now: datetime, within_m: float) -> bool:
    if shot.taken_at is None or shot.distance_m is None or accepted_at is None:
        return False
    return accepted_at.replace(microsecond=0) <= shot.taken_at <= now + CLOCK_SKEW and shot.distance_m <= within_m
