"""Shapes that people draw, as GeoJSON from a stranger: read by hand, level by level, before anything is built of it.

Decision: a reader of thirty lines that knows three shapes and counts as it goes. Turned down: handing it to Shapely's
`shape`, which takes any depth, any type and any number of vertices before it says no.
"""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from shapely.errors import GEOSException
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from app.domain.errors import BadGeometry
from app.domain.geo import MAX_HAZARD_VERTICES

MAX_CHARACTERS = 200_000
MAX_RINGS = 20
Position = tuple[float, float]


def parse_geojson(sent: Any) -> BaseGeometry:
    """A Point, LineString or Polygon, from an object or from its text; longitude first. Raises BadGeometry.

    Whether it lies in the country and is valid is `geo.hazard_geometry`'s to say.
    """
    shape = _object(sent)
    read = _READERS.get(shape["type"])
    if read is None:
        raise BadGeometry()
    try:
        return read(shape.get("coordinates"))
    except (ValueError, GEOSException):
        raise BadGeometry() from None


def _object(sent: Any) -> dict[str, Any]:
    if isinstance(sent, str):
        sent = _json(sent)
    if not isinstance(sent, dict) or not isinstance(sent.get("type"), str):
        raise BadGeometry()
    return sent


def _json(text: str) -> Any:
    if len(text) > MAX_CHARACTERS:
        raise BadGeometry()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadGeometry() from None


def _point(coordinates: Any) -> Point:
    return Point(_position(coordinates))


def _line(coordinates: Any) -> LineString:
    return LineString(_positions(coordinates, at_least=2))


def _polygon(coordinates: Any) -> Polygon:
    rings = [_positions(ring, at_least=4) for ring in _list(coordinates, at_most=MAX_RINGS)]
    if not rings or sum(map(len, rings)) > MAX_HAZARD_VERTICES:
        raise BadGeometry()
    return Polygon(rings[0], rings[1:])


def _positions(coordinates: Any, *, at_least: int) -> list[Position]:
    found = [_position(each) for each in _list(coordinates, at_most=MAX_HAZARD_VERTICES)]
    if len(found) < at_least:
        raise BadGeometry()
    return found


def _position(coordinates: Any) -> Position:
    """Longitude and latitude; a height is left out."""
    numbers = _list(coordinates, at_most=3)
    if len(numbers) < 2 or not all(type(number) in (int, float) and _finite(number) for number in numbers):
        raise BadGeometry()
    return float(numbers[0]), float(numbers[1])


def _finite(number: float) -> bool:
    """A whole number of three hundred digits is no float."""
    return abs(number) <= 1e6 and math.isfinite(number)


def _list(value: Any, *, at_most: int) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > at_most:
        raise BadGeometry()
    return value


_READERS: dict[str, Callable[[Any], BaseGeometry]] = {"Point": _point, "LineString": _line, "Polygon": _polygon}
