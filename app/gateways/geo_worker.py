"""Reads a stranger's geographic file in a process of its own: `python -m app.gateways.geo_worker` (decisions §30, T17).

Decision: GDAL, PROJ and GEOS touch the file here alone, under hard limits of memory, time and scratch space; what may
crash, hang or swell is this process and never the command's. Turned down: reading in the command with a check before: a
nested collection ends GDAL by a segmentation fault before anybody can check it.

Request: one line of JSON on standard input (`Request`). Answer: lines of JSON on standard output: a feature
`{"line", "p", "g" (WKB as hex) | "problem", "done"}`, at the end `{"end": features}`, or `{"error": why}`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from app.domain.errors import BadCoordinates, BadGeometry, DomainError, OutOfBounds
from app.domain.geo import Bounds
from app.domain.geo_mend import check_degrees, looks_swapped
from app.gateways.geo_formats import opened
from app.gateways.geo_limits import Limits
from app.gateways.geo_mending import TooHard, mended
from app.gateways.geo_source import NOT_A_NUMBER, NOTHING, Unreadable, Wish

WGS84 = {"EPSG:4326", "OGC:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"}
SWAPPED = "has latitude before longitude: swap the axes"
ALL_SWAPPED = f"{SWAPPED} and try again (most of its features do)"
_SURFACE = 2
_WHOLE_MAX, _TEXT_MAX = 2**63, 2000
Moved = Callable[[BaseGeometry], BaseGeometry]


@dataclass(frozen=True)
class Request:
    """`bounds`: where features are expected, to notice swapped axes; `mend`: make areas of polygons, or refuse them."""

    wish: Wish
    limits: Limits
    bounds: Bounds
    mend: bool


def answer(request: Request) -> Iterator[dict[str, Any]]:
    """A feature, or why it is refused, for each in the file. Raises Unreadable for the whole file."""
    line = vertices = swapped = 0
    read = opened(request.wish, request.limits)
    moved = to_wgs84(read.crs)
    for line, (properties, found) in enumerate(read.features, 1):
        vertices += 0 if isinstance(found, str) else int(shapely.get_num_coordinates(found))
        if line > request.limits.features:
            raise Unreadable(f"has more than {request.limits.features} features")
        if vertices > request.limits.all_vertices:
            raise Unreadable(f"has more than {request.limits.all_vertices} vertices")
        judged = {"problem": found} if isinstance(found, str) else _judged(found, moved, request)
        swapped += judged.get("problem") == SWAPPED
        yield {"line": line, "p": plain(properties)} | judged
    if swapped * 2 > line:
        raise Unreadable(ALL_SWAPPED)
    yield {"end": line}


def plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties that any table can hold: texts of whole characters and of a bounded length, numbers, or nothing."""
    return {_text(key): _plain(value) for key, value in properties.items()}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < _WHOLE_MAX):
        return value
    return _text(value if isinstance(value, str) else json.dumps(value))


def _text(value: str) -> str:
    return value[:_TEXT_MAX].encode("utf-8", "replace").decode().replace("\x00", "")


def to_wgs84(crs: str | None) -> Moved:
    """What turns a geometry of `crs` into longitude and latitude; without one its numbers stand."""
    if crs is None or crs in WGS84:
        return lambda geometry: geometry
    import pyproj  # noqa: PLC0415 - most files are in degrees already

    try:
        turn = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise Unreadable(f"names a coordinate system that is not known: {crs[:80]}") from error

    def moved(geometry: BaseGeometry) -> BaseGeometry:
        flat = shapely.force_2d(geometry)
        return shapely.transform(flat, lambda xy: np.column_stack(turn.transform(xy[:, 0], xy[:, 1])))

    return moved


def _judged(geometry: BaseGeometry, moved: Moved, request: Request) -> dict[str, Any]:
    try:
        return _fit(geometry, moved, request)
    except BadCoordinates:
        problem = NOT_A_NUMBER
    except OutOfBounds:
        problem = "has coordinates that are no degrees: its coordinate system is missing or wrong"
    except BadGeometry:
        problem = "has no surface"
    except TooHard:
        problem = f"crosses itself too often to be repaired in {request.limits.mend_s} s"
    except (DomainError, ShapelyError) as error:
        problem = f"cannot be used: {error}"
    return {"problem": problem}


def _fit(geometry: BaseGeometry, moved: Moved, request: Request) -> dict[str, Any]:
    if geometry.is_empty:
        return {"problem": NOTHING}
    count = int(shapely.get_num_coordinates(geometry))
    if count > request.limits.vertices:
        return {"problem": f"has {count} vertices, more than {request.limits.vertices}"}
    raised = request.mend and geometry.has_z
    geometry = moved(geometry)
    if not request.mend:
        return _packed(geometry, [])
    check_degrees(geometry)
    if looks_swapped(geometry, request.bounds):
        return {"problem": SWAPPED}
    if shapely.get_dimensions(geometry) < _SURFACE:
        return _packed(shapely.force_2d(geometry), [])
    found = mended(geometry, request.limits)
    done = [f"{each} ({found.why})" if found.why and each.name == "REPAIRED" else str(each) for each in found.done]
    heights = ["heights dropped"] if raised and not geometry.has_z else []
    return _packed(found.area, heights + done)


def _packed(geometry: BaseGeometry, done: list[str]) -> dict[str, Any]:
    return {"g": shapely.to_wkb(geometry, hex=True), "done": done}


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.written, limits.written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _request(line: bytes) -> Request:
    asked = orjson.loads(line)
    wish = Wish(**asked["wish"] | {"path": Path(asked["wish"]["path"])})
    return Request(wish, Limits(**asked["limits"]), Bounds(**asked["bounds"]), asked["mend"])


def main(asked: BinaryIO, out: BinaryIO) -> None:
    """Answer one request."""
    request = _request(asked.readline())
    _limit(request.limits)
    warnings.simplefilter("ignore")  # what GDAL and NumPy warn of shows in the features themselves
    try:
        for each in answer(request):
            out.write(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE))
    except Unreadable as error:
        out.write(orjson.dumps({"error": str(error)}) + b"\n")
    except MemoryError:
        out.write(b'{"error": "needs more memory than it may have"}\n')
    out.flush()


if __name__ == "__main__":
    os.environ["PROJ_NETWORK"] = "OFF"
    main(sys.stdin.buffer, sys.stdout.buffer)
