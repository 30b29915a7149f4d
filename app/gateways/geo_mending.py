"""Mend one outline within limits of time and memory: a fork for each that might be a bomb (security notes T17).

Decision: a small valid outline is trusted; all else is mended by a child that has hard limits and is gone afterwards,
so that one bomb costs one feature and not the file. A star of 2,000 vertices takes two minutes to mend, one of 200,000
takes half a minute to be found invalid. Turned down: a limit on vertices alone, which refuses honest coasts.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import time

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from app.domain.errors import BadGeometry, DomainError
from app.domain.geo_mend import Done, Mended, mend_area
from app.gateways.geo_limits import Limits

SMALL = 2000
_OK, _REFUSED = b"+", b"-"


class TooHard(Exception):
    """The outline could not be mended within the limits."""


def mended(geometry: BaseGeometry, limits: Limits) -> Mended:
    """As `mend_area`; raises TooHard beyond the limits. A refusal keeps its code, not its values."""
    if shapely.get_num_coordinates(geometry) <= SMALL and geometry.is_valid:
        return mend_area(geometry)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(geometry, writing, limits)
    os.close(writing)
    answer = _read(reading, time.monotonic() + limits.mend_s * 10)
    os.close(reading)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return _parsed(answer)


def _child(geometry: BaseGeometry, out: int, limits: Limits) -> None:
    """Never returns."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (limits.mend_s, limits.mend_s))
        _limit_memory(limits.mend_memory)
        with os.fdopen(out, "wb") as pipe:
            pipe.write(_answer(geometry))
    finally:
        os._exit(0)


def _limit_memory(more: int) -> None:
    """`more` bytes on top of what the process maps already, which is its file."""
    mapped = int(open("/proc/self/statm", encoding="ascii").read().split()[0]) * resource.getpagesize()  # noqa: PTH123, SIM115 - the process ends here
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = mapped + more
    resource.setrlimit(resource.RLIMIT_AS, (min(wanted, hard) if hard > 0 else wanted, hard))


def _answer(geometry: BaseGeometry) -> bytes:
    try:
        found = mend_area(geometry)
    except DomainError as error:
        return _REFUSED + error.code.encode()
    except (ShapelyError, MemoryError):
        return b""
    done = ",".join(each.name for each in found.done)
    return _OK + f"{done}\n{found.why}\n".encode() + bytes(shapely.to_wkb(found.area))


def _read(pipe: int, until: float) -> bytes:
    found = bytearray()
    while (left := until - time.monotonic()) > 0:
        if select.select([pipe], [], [], left)[0]:
            part = os.read(pipe, 1 << 20)
            if not part:
                return bytes(found)
            found += part
    return b""


def _parsed(answer: bytes) -> Mended:
    if not answer:
        raise TooHard
    if answer[:1] == _REFUSED:
        raise _BY_CODE.get(answer[1:].decode(), BadGeometry)()
    done, why, wkb = answer[1:].split(b"\n", 2)
    area = shapely.from_wkb(wkb)
    if not isinstance(area, MultiPolygon):
        raise TooHard
    return Mended(area, tuple(Done[name] for name in done.decode().split(",") if name), why.decode())


_BY_CODE: dict[str, type[DomainError]] = {each.code: each for each in DomainError.__subclasses__()}
