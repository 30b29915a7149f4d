"""Validated geometry: WGS84, longitude first, finite, inside the bounds, of a bounded size.

Bounds default to the whole world; a deployment narrows them, and then swapped axes are noticed and named.
"""

import math
from dataclasses import dataclass

import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from app.domain.errors import BadCoordinates, BadGeometry, OutOfBounds

METRES_PER_DEGREE = 111_320.0
"""Of latitude, on the equator's circle: for boxes that an exact measure checks again, never for a distance."""
MAX_HAZARD_VERTICES = 2000
_SHAPES = frozenset({"Point", "LineString", "Polygon"})


@dataclass(frozen=True)
class Bounds:
    """Degrees, WGS84."""

    west: float = -180.0
    south: float = -90.0
    east: float = 180.0
    north: float = 90.0

    def contains(self, lon: float, lat: float) -> bool:
        return self.west <= lon <= self.east and self.south <= lat <= self.north


WORLD = Bounds()
KAZAKHSTAN = Bounds(46.4, 40.5, 87.4, 55.5)


def parse_degrees(typed: str | float | None) -> float:
    """A number of degrees as people write it (decimal comma allowed); raises BadCoordinates when it is none or
    not finite.
    """
    plain = str(typed).strip().replace(",", ".").replace("\u2212", "-")
    if "_" in plain or not plain.isascii():  # Python reads 4_3 and Arabic digits; nobody here means them
        raise BadCoordinates()
    try:
        value = float(plain)
    except ValueError:
        raise BadCoordinates() from None
    if not math.isfinite(value):
        raise BadCoordinates()
    return value


def point(lon: float, lat: float, bounds: Bounds = WORLD) -> Point:
    """The point, or BadCoordinates / OutOfBounds (`swapped=True` when lat and lon look exchanged)."""
    _check(lon, lat, bounds)
    return Point(lon, lat)


def _check(lon: float, lat: float, bounds: Bounds) -> None:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise BadCoordinates()
    if not WORLD.contains(lon, lat):
        raise OutOfBounds(swapped=bounds.contains(lat, lon))
    if not bounds.contains(lon, lat):
        raise OutOfBounds(swapped=bounds.contains(lat, lon))


def hazard_geometry(geometry: BaseGeometry, bounds: Bounds = WORLD) -> BaseGeometry:
    """A point, line or polygon fit to be stored: two-dimensional, valid, within `bounds`, at most
    MAX_HAZARD_VERTICES.
    """
    if geometry.geom_type not in _SHAPES or geometry.is_empty:
        raise BadGeometry()
    if isinstance(geometry, Point):
        _check(geometry.x, geometry.y, bounds)
        return geometry if shapely.get_coordinate_dimension(geometry) == 2 else shapely.force_2d(geometry)
    flat = shapely.force_2d(geometry)
    if shapely.get_num_coordinates(flat) > MAX_HAZARD_VERTICES:
        raise BadGeometry()
    for lon, lat in shapely.get_coordinates(flat):
        _check(float(lon), float(lat), bounds)
    if not flat.is_valid or (isinstance(flat, LineString) and flat.length == 0):
        raise BadGeometry()
    return flat


def label_point(geometry: BaseGeometry) -> Point:
    """Where the marker stands: on the object itself, whatever its shape."""
    if isinstance(geometry, Point):
        return geometry
    if isinstance(geometry, LineString):
        return geometry.interpolate(0.5, normalized=True)
    return geometry.representative_point()


def area_geometry(geometry: BaseGeometry) -> tuple[MultiPolygon, bool]:
    """A valid MultiPolygon and whether it had to be repaired; raises BadGeometry.

    Repair keeps the structure of rings (`method="structure"`): the default method takes more than 30 s on a star of
    151 vertices.
    """
    flat = shapely.force_2d(geometry)
    if flat.is_empty or not all(map(math.isfinite, shapely.get_coordinates(flat).ravel())):
        raise BadGeometry()
    if not (WORLD.contains(*flat.bounds[:2]) and WORLD.contains(*flat.bounds[2:])):
        raise OutOfBounds(swapped=False)
    area = MultiPolygon(polygons_of(flat))
    repaired = not area.is_valid
    if repaired:
        area = MultiPolygon(polygons_of(shapely.make_valid(area, method="structure", keep_collapsed=False)))
    if area.is_empty:
        raise BadGeometry()
    return area, repaired


def polygons_of(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons of whatever it is: parts of collections in collections too."""
    if isinstance(geometry, Polygon):
        return [] if geometry.is_empty else [geometry]
    return [polygon for part in getattr(geometry, "geoms", ()) for polygon in polygons_of(part)]
