"""What a photograph may be when it comes in, and what is kept of it (security notes T16).

The action gets a `PhotoFile`: the door has re-drawn and stored the picture before (decisions §22). Turned down: handing
bytes to actions, which would mix outside I/O into a transaction.
"""

from dataclasses import dataclass

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
SIZES_PX = {"full": 2048, "medium": 1024, "thumb": 320}
"""Longest side of each stored size, in pixels; a smaller picture is never enlarged."""


@dataclass(frozen=True)
class PhotoFile:
    """A stored photograph: `content_key` is the SHA-256 (hex) of its full size; width and height in pixels."""

    content_key: str
    width: int
    height: int
