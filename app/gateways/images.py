"""Pictures of strangers, drawn anew by a helper process; what comes out carries pixels and nothing else.

Decision: one helper for each process, started when first needed, one picture at a time (security notes T16). Turned
down: a pool: two pictures at once double the memory a stranger may take.
"""

import os
import select
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.domain.errors import PhotoUnreadable
from app.domain.photo import MAX_BYTES, SIZES_PX, Edit, Region
from app.gateways.image_worker import (
    BLACKEN,
    CROP,
    LENGTH,
    NO_TIME,
    OK,
    ORDER,
    PART,
    PATIENCE_S,
    PLACE,
    WHOLE,
    WITH_OFFSET,
)

_EDITS = {Edit.CROP: CROP, Edit.BLACKEN: BLACKEN}
_ROOT = Path(__file__).parents[2]
_GRACE_S = 5.0  # the helper ends a slow picture by itself; beyond this the helper is stuck


@dataclass(frozen=True)
class Redrawn:
    """A picture as JPEGs by size name; width and height in pixels of the full one; where and when it was, if the camera
    said: a time without an offset is as the camera's clock showed it.
    """

    width: int
    height: int
    jpegs: dict[str, bytes]
    camera_place: tuple[float, float] | None = field(default=None, repr=False)
    camera_time: datetime | None = field(default=None, repr=False)


class Redrawer:
    """Owns the helper; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._helper: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def redraw(self, data: bytes) -> Redrawn:
        """Raises PhotoUnreadable (`why`: "too_large", "damaged") for all that is no acceptable picture."""
        return self._drawn(ORDER.pack(WHOLE, 0, 0, 100, 100), data)

    def edit(self, data: bytes, edit: Edit, region: Region) -> Redrawn:
        """The picture with only the region, or with the region black."""
        return self._drawn(ORDER.pack(_EDITS[edit], *astuple(region)), data)

    def _drawn(self, order: bytes, data: bytes) -> Redrawn:
        if len(data) > MAX_BYTES:
            raise PhotoUnreadable(why="too_large")
        with self._lock:
            answer = self._ask(order + data) if data else b""
        if answer[:1] != OK:
            raise PhotoUnreadable(why="damaged")
        return _parsed(answer)

    def close(self) -> None:
        """End the helper; the next picture starts another."""
        with self._lock:
            if self._helper is not None:
                _end(self._helper)
            self._helper = None

    def _ask(self, data: bytes) -> bytes:
        """Ask the helper; one that has died since the last picture is started again, once."""
        if self._helper is not None and self._owner == os.getpid() and self._helper.poll() is None:
            try:
                return _exchange(self._helper, data)
            except BrokenPipeError:
                _end(self._helper)
        self._helper = self._started()
        try:
            return _exchange(self._helper, data)
        except BrokenPipeError:
            return b""

    def _started(self) -> subprocess.Popen[bytes]:
        helper = subprocess.Popen(
            [sys.executable, "-m", "app.gateways.image_worker"],
            cwd=_ROOT,
            env={"LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self._owner = os.getpid()
        weakref.finalize(self, _end, helper)
        return helper


def _exchange(helper: subprocess.Popen[bytes], data: bytes) -> bytes:
    if helper.stdin is None or helper.stdout is None:
        raise BrokenPipeError
    _write(helper.stdin.fileno(), LENGTH.pack(len(data)) + data)
    deadline = time.monotonic() + PATIENCE_S + _GRACE_S
    (length,) = LENGTH.unpack(_read(helper, LENGTH.size, deadline))
    return _read(helper, length, deadline)


def _write(pipe: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(pipe, left) :]


def _read(helper: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
    """Exactly `length` bytes; a helper that ends or is stuck is ended and counts as a broken pipe."""
    pipe = helper.stdout.fileno() if helper.stdout else -1
    read = bytearray()
    while len(read) < length:
        ready = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]
        part = os.read(pipe, length - len(read)) if ready else b""
        if not part:
            _end(helper)
            raise BrokenPipeError
        read += part
    return bytes(read)


def _end(helper: subprocess.Popen[bytes]) -> None:
    helper.kill()
    helper.wait()
    for pipe in (helper.stdin, helper.stdout):
        if pipe is not None:
            pipe.close()


def _parsed(answer: bytes) -> Redrawn:
    noted, lat, lon, time_noted, seconds = PLACE.unpack_from(answer, 1)
    jpegs, sizes, at = {}, [], 1 + PLACE.size
    for name in SIZES_PX:
        width, height, length = PART.unpack_from(answer, at)
        at += PART.size
        jpegs[name] = answer[at : at + length]
        sizes.append((width, height))
        at += length
    return Redrawn(*sizes[0], jpegs, (lat, lon) if noted else None, _moment(time_noted, seconds))


def _moment(noted: bytes, seconds: float) -> datetime | None:
    if noted == NO_TIME:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment if noted == WITH_OFFSET else moment.replace(tzinfo=None)
