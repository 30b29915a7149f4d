"""Draws a stranger's picture anew, in a process that may do nothing else (security notes §0.4, T5, T16).

`python -m app.gateways.image_worker` reads pictures on standard input and answers with three JPEGs on standard output.
It forks for each picture: the child has hard limits of memory, time and files, and is gone afterwards, while Pillow and
libheif are loaded only once (5 ms a picture, not 250 ms). Turned down: decoding in the web process (a 6 KB WEBP took
1.9 GB), and a fresh interpreter for each picture.

Everything but the pixels is left behind, since they are pasted on a new canvas. Turned down: saving with the metadata
removed; Pillow keeps a JPEG's comment, and HEIF keeps all. Colour profiles go too: we take the numbers for sRGB.

Request: length (4 bytes, big-endian) and so many bytes: what to do, a rectangle in per cent (for CROP and BLACKEN),
and the picture. Answer: status, and for OK the position and the time that the camera noted and each size as width,
height, length and bytes. The parent closes standard input to end it.
"""

import io
import math
import os
import re
import resource
import select
import signal
import struct
import sys
import time
import warnings
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

import pillow_heif
from PIL import AvifImagePlugin, Image

from app.domain.photo import FORMATS, MAX_BYTES, MAX_PIXELS, SIZES_PX

OK, UNREADABLE = b"\x01", b"\x00"
LENGTH = struct.Struct(">I")
PART = struct.Struct(">HHI")
ORDER = struct.Struct(">cffff")
PLACE = struct.Struct(">?ddcd")
WHOLE, CROP, BLACKEN = b"W", b"C", b"B"
NO_TIME, AS_SHOWN, WITH_OFFSET = b"0", b"1", b"2"
MEMORY_BYTES = 700 * 1024 * 1024
CPU_S = 10
PATIENCE_S = 15.0
QUALITY = 82
FLAT_MAX_PIXELS = 20_000_000  # PNG, WEBP and AVIF have no smaller way in: three to five copies of all pixels at once
_EXIF_ORIENTATION = 0x0112
_EXIF_GPS = 0x8825
_EXIF_CAMERA = 0x8769
_EXIF_TAKEN, _EXIF_OFFSET = 0x9003, 0x9011
_UNREADABLE_BLOCK = (SyntaxError, ValueError, TypeError, OSError, struct.error, ArithmeticError, LookupError)
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Unacceptable(Exception):
    """The picture is of another format or too big by its header."""


def redraw(request: bytes) -> bytes:
    """The answer for one request: OK, place and sizes. Raises whatever Pillow raises, and Unacceptable."""
    order, *region = ORDER.unpack_from(request)
    image = _opened(request[ORDER.size :])
    place, time_noted = _place(image), _time(image)
    canvas = _edited(_canvas(image), order, region)
    parts = [PLACE.pack(place is not None, *(place or (0.0, 0.0)), *time_noted)]
    for side in SIZES_PX.values():
        canvas.thumbnail((side, side), Image.Resampling.LANCZOS)
        jpeg = io.BytesIO()
        canvas.save(jpeg, "JPEG", quality=QUALITY, progressive=True)
        parts.append(PART.pack(*canvas.size, jpeg.tell()) + jpeg.getvalue())
    return OK + b"".join(parts)


def _opened(data: bytes) -> Image.Image:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _check_webp(data)
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    limit = FLAT_MAX_PIXELS if image.format in {"PNG", "WEBP", "AVIF"} else MAX_PIXELS
    if not 0 < image.width * image.height <= limit:
        raise Unacceptable
    return image


def _check_webp(data: bytes) -> None:
    """Pillow makes room for the whole canvas when it opens a WEBP, before anybody can ask for its size."""
    kind, head = data[12:16], data[20:30]
    if kind == b"VP8X":
        width, height = 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    elif kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width = int.from_bytes(head[6:8], "little") & 0x3FFF
        height = int.from_bytes(head[8:10], "little") & 0x3FFF
    if width * height > FLAT_MAX_PIXELS:
        raise Unacceptable


def _canvas(image: Image.Image) -> Image.Image:
    """The pixels, upright, on white, no larger than the largest size."""
    turn = _UPRIGHT.get(_orientation(image))
    largest = max(SIZES_PX.values())
    if image.mode in {"P", "1"}:
        image = image.convert("RGBA")
    elif image.mode.startswith(("I", "F")):
        image = image.convert("F").point(lambda value: value / 256 + 0).convert("L")
    image.thumbnail((largest, largest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if turn is not None:
        image = image.transpose(turn)
    canvas = Image.new("RGB", image.size, "white")
    alpha = image.convert("RGBA") if "A" in image.getbands() else None
    canvas.paste(alpha or image.convert("RGB"), mask=alpha)
    return canvas


def _edited(canvas: Image.Image, order: bytes, region: list[float]) -> Image.Image:
    """Only the rectangle, or the rectangle black; whole pixels, outwards, so that no edge of it stays."""
    left, top, width, height = region
    box = (
        math.floor(canvas.width * left / 100),
        math.floor(canvas.height * top / 100),
        min(canvas.width, math.ceil(canvas.width * (left + width) / 100)),
        min(canvas.height, math.ceil(canvas.height * (top + height) / 100)),
    )
    if order == CROP:
        return canvas.crop(box)
    if order == BLACKEN:
        canvas.paste("black", box)
    return canvas


def _place(image: Image.Image) -> tuple[float, float] | None:
    """Latitude and longitude that the camera noted, if it noted good ones."""
    try:
        gps = image.getexif().get_ifd(_EXIF_GPS)
        lat, lon = _degrees(gps[2], gps.get(1) == "S"), _degrees(gps[4], gps.get(3) == "W")
    except _UNREADABLE_BLOCK:
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon) else None


def _time(image: Image.Image) -> tuple[bytes, float]:
    """How the time is known, and its seconds since 1970; without an offset those of what the clock showed."""
    try:
        camera = image.getexif().get_ifd(_EXIF_CAMERA)
        shown = datetime.strptime(str(camera[_EXIF_TAKEN])[:19], "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
        offset = _offset(str(camera.get(_EXIF_OFFSET, "")))
    except _UNREADABLE_BLOCK:
        return NO_TIME, 0.0
    return (AS_SHOWN, shown.timestamp()) if offset is None else (WITH_OFFSET, (shown - offset).timestamp())


def _offset(noted: str) -> timedelta | None:
    """Of "+05:00"; None for anything else."""
    if not re.fullmatch(r"[+-]\d\d:\d\d", noted[:6]):
        return None
    size = timedelta(hours=int(noted[1:3]), minutes=int(noted[4:6]))
    return -size if noted[0] == "-" else size


def _degrees(parts: tuple[float, float, float], negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    size = degrees + minutes / 60 + (0 if math.isnan(seconds) else seconds) / 3600
    return -size if negative else size


def _orientation(image: Image.Image) -> int:
    """The turn the camera noted; a block of it that cannot be read means none."""
    try:
        return int(image.getexif().get(_EXIF_ORIENTATION, 1))
    except _UNREADABLE_BLOCK:
        return 1


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))


def _child(data: bytes, out: int) -> None:
    try:
        _limit()
        answer = redraw(data)
    except Exception:  # noqa: BLE001 - a hostile picture may raise anything; the answer is the same
        answer = UNREADABLE
    with os.fdopen(out, "wb") as pipe:
        pipe.write(answer)


def _in_a_child(data: bytes) -> bytes:
    """Fork, let the child draw, and take what it says; a child that dies or dawdles says UNREADABLE."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            _child(data, writing)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = _read_until(pipe, time.monotonic() + PATIENCE_S)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return answer or UNREADABLE


def _read_until(pipe: BinaryIO, deadline: float) -> bytes:
    parts: list[bytes] = []
    while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(pipe.fileno(), 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
    return b""


def main() -> None:
    """Serve until standard input ends."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    Image.preinit()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(head := requests.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        answer = _in_a_child(requests.read(length)) if length <= MAX_BYTES + ORDER.size else UNREADABLE
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    main()
