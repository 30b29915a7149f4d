"""What a photograph may be when it comes in, and what is kept of it (security notes T16).

The action gets a `PhotoFile`: the door has re-drawn and stored the picture before (decisions §22). Turned down: handing
bytes to actions, which would mix outside I/O into a transaction.
"""

import math
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.errors import BadRegion

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
"""What phones send. GIF and TIFF they do not, and each decoder less is one door less."""
SIZES_PX = {"full": 2048, "medium": 1024, "thumb": 320}
"""Longest side of each stored size, in pixels; a smaller picture is never enlarged."""


@dataclass(frozen=True)
class PhotoFile:
    """A stored photograph: `content_key` is the SHA-256 (hex) of its full size; width and height in pixels.

    `camera_place`: latitude and longitude that the camera noted, for the door to ask about and for what a fix proves;
    nothing stores or prints it. `camera_time`: when, as noted: without an offset where the camera knew none.
    """

    content_key: str
    width: int
    height: int
    camera_place: tuple[float, float] | None = field(default=None, repr=False, compare=False)
    camera_time: datetime | None = field(default=None, repr=False, compare=False)


class Edit(StrEnum):
    """What a moderator does to a part of a photo: keep only this, or make it black."""

    CROP = "crop"
    BLACKEN = "blacken"


@dataclass(frozen=True)
class Region:
    """A rectangle of a picture, in per cent of its width and height from the top left corner."""

    left: float
    top: float
    width: float
    height: float

    @classmethod
    def parse(cls, *sent: Any) -> "Region":
        """Left, top, width and height as a form has them, cut to the picture. Raises BadRegion."""
        left, top, width, height = (_per_cent(value) for value in sent)
        found = cls(left, top, min(width, 100 - left), min(height, 100 - top))
        if found.width < SMALLEST_PER_CENT or found.height < SMALLEST_PER_CENT:
            raise BadRegion()
        return found


SMALLEST_PER_CENT = 1.0


def _per_cent(sent: Any) -> float:
    try:
        value = float(str(sent)[:20].replace(",", "."))
    except ValueError:
        raise BadRegion() from None
    if not (math.isfinite(value) and 0 <= value <= 100):
        raise BadRegion()
    return value
