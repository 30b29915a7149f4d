"""Mend the outline of an area as files bring it, or refuse it: heights, rings over the antimeridian, crossed or doubled
rings, parts without a surface.

Decision: what was done is told, never done in silence, since a repaired border is no longer the one that was drawn.
Turned down: refusing every flaw (one of 224 real rayons is invalid), and guessing what a crossed ring meant. How long a
repair takes cannot be told beforehand: whoever opens strangers' files calls this in a process with limits.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from app.domain.errors import BadCoordinates, BadGeometry, OutOfBounds
from app.domain.geo import METRES_PER_DEGREE, Bounds, area_geometry, polygons_of

SLIVER_M2 = 1.0
_HALF_TURN, _TURN = 180.0, 360.0


class Done(StrEnum):
    """What was done to an outline."""

    FLATTENED = "heights dropped"
    SPLIT = "split at the antimeridian"
    REPAIRED = "rings repaired"
    DROPPED = "parts without a surface dropped"


@dataclass(frozen=True)
class Mended:
    """A valid outline; `why`: what was wrong with its rings, in GEOS's words, empty when nothing was."""

    area: MultiPolygon
    done: tuple[Done, ...] = ()
    why: str = ""


def mend_area(geometry: BaseGeometry) -> Mended:
    """Raises BadCoordinates (not finite), OutOfBounds (no degrees), BadGeometry (nothing with a surface)."""
    done = [Done.FLATTENED] if geometry.has_z else []
    flat = MultiPolygon(polygons_of(shapely.force_2d(geometry)))
    if flat.is_empty:
        raise BadGeometry()
    check_degrees(flat)
    if _crosses_antimeridian(flat):
        flat, done = _split(flat), [*done, Done.SPLIT]
    why = "" if flat.is_valid else str(shapely.is_valid_reason(flat)).replace("[", " at ").replace("]", "")
    area, repaired = area_geometry(flat)
    if repaired and any(part.interiors for part in flat.geoms):
        area = _within_shells(area, flat)
    kept = [part for part in area.geoms if _surface_m2(part) >= SLIVER_M2]
    if not kept:
        raise BadGeometry()
    done += [Done.REPAIRED] * repaired + [Done.DROPPED] * (len(kept) < len(area.geoms))
    return Mended(MultiPolygon(kept), tuple(done), why)


def check_degrees(geometry: BaseGeometry) -> None:
    """Raises BadCoordinates or OutOfBounds where a coordinate is no longitude (once round the globe) or latitude."""
    coordinates = shapely.get_coordinates(geometry)
    if not np.isfinite(coordinates).all():
        raise BadCoordinates()
    lon, lat = np.abs(coordinates).max(axis=0)
    if lon > _TURN or lat > _HALF_TURN / 2:
        raise OutOfBounds(swapped=bool(lat <= _HALF_TURN and lon <= _HALF_TURN / 2))


def looks_swapped(geometry: BaseGeometry, bounds: Bounds) -> bool:
    """Whether the geometry lies outside `bounds`, and inside with latitude and longitude exchanged."""
    west, south, east, north = geometry.bounds
    inside = bounds.contains(west, south) and bounds.contains(east, north)
    return not inside and bounds.contains(south, west) and bounds.contains(north, east)


def _within_shells(area: MultiPolygon, drawn: MultiPolygon) -> MultiPolygon:
    """GEOS makes land of a hole that lies outside its shell; a hole never adds any."""
    shells, _ = area_geometry(MultiPolygon([Polygon(part.exterior) for part in drawn.geoms]))
    return MultiPolygon(polygons_of(shapely.intersection(area, shells)))


def _crosses_antimeridian(area: MultiPolygon) -> bool:
    west, _, east, _ = area.bounds
    return west < -_HALF_TURN or east > _HALF_TURN or any(_jumps(ring.coords) for ring in _rings(area.geoms))


def _rings(polygons: Iterable[Polygon]) -> Iterable[BaseGeometry]:
    return (ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors))


def _jumps(ring: Iterable[tuple[float, ...]]) -> bool:
    """Whether an edge is longer than half a turn, and so means the other way round; a whole turn is the edge."""
    steps = np.abs(np.diff(np.asarray(ring)[:, 0]))
    return bool(((steps > _HALF_TURN) & (steps < _TURN)).any())


def _split(area: MultiPolygon) -> MultiPolygon:
    unrolled = shapely.make_valid(
        MultiPolygon([_unrolled(polygon) for polygon in area.geoms]), method="structure", keep_collapsed=False
    )
    parts = []
    for turn in (-_TURN, 0.0, _TURN):
        globe = box(turn - _HALF_TURN, -90, turn + _HALF_TURN, 90)
        parts += polygons_of(translate(shapely.intersection(unrolled, globe), xoff=-turn))
    return MultiPolygon(parts)


def _unrolled(polygon: Polygon) -> Polygon:
    shell = _unrolled_ring(polygon.exterior.coords)
    middle = _middle(shell)
    holes = [_unrolled_ring(ring.coords) for ring in polygon.interiors]
    for hole in holes:
        hole[:, 0] += _TURN * round((middle - _middle(hole)) / _TURN)
    return Polygon(shell, holes)


def _unrolled_ring(ring: Iterable[tuple[float, ...]]) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """The ring with longitudes that run on past 180; BadGeometry where it goes round a pole and does not close."""
    points = np.array(ring, dtype=float)
    turns = np.cumsum(np.round(np.diff(points[:, 0]) / _TURN))
    points[1:, 0] -= _TURN * turns
    if abs(points[-1, 0] - points[0, 0]) > _HALF_TURN:
        raise BadGeometry()
    return points


def _middle(ring: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> float:
    return float(ring[:, 0].min() + ring[:, 0].max()) / 2


def _surface_m2(polygon: Polygon) -> float:
    """On a sphere, near enough to tell a sliver."""
    latitude = math.radians((polygon.bounds[1] + polygon.bounds[3]) / 2)
    return float(polygon.area) * METRES_PER_DEGREE**2 * math.cos(latitude)
