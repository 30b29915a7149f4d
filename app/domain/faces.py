"""Cut a line or an area along the borders of the areas it crosses, so that each piece lies in one set of areas.

Decision: pieces ("faces"), each decided like a point, and the body with the largest sum answers. Turned down: the area
with the largest share, which goes wrong where a utility's territory covers two halves of two districts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from app.domain.routing import AreaHit

_DIMENSION = {"LineString": 1, "Polygon": 2}


@dataclass(frozen=True)
class Piece:
    """A part of a hazard and the areas that cover it; none where it lies outside all."""

    geometry: BaseGeometry
    areas: tuple[AreaHit, ...]


def cut(geometry: BaseGeometry, areas: Sequence[tuple[AreaHit, BaseGeometry]]) -> list[Piece]:
    """The pieces of a LineString or Polygon; the sum of their lengths or areas is the whole.

    `areas`: each with its outline, at least where `geometry` is. Touching in a point or along an edge of an area gives
    no piece; a line along a shared border lies in both areas.
    """
    dimension = _DIMENSION[geometry.geom_type]
    pieces = [Piece(geometry, ())]
    for hit, outline in areas:
        pieces = [part for piece in pieces for part in _halves(piece, hit, outline, dimension)]
    return pieces


def _halves(piece: Piece, hit: AreaHit, outline: BaseGeometry, dimension: int) -> list[Piece]:
    inside = _only(shapely.intersection(piece.geometry, outline), dimension)
    outside = _only(shapely.difference(piece.geometry, outline), dimension)
    halves = [(inside, (*piece.areas, hit)), (outside, piece.areas)]
    return [Piece(part, areas) for part, areas in halves if not part.is_empty]


def _only(geometry: BaseGeometry, dimension: int) -> BaseGeometry:
    """The parts of one dimension: an overlay also yields the points where things touch."""
    parts = shapely.get_parts(geometry)
    return shapely.union_all([part for part in parts if shapely.get_dimensions(part) == dimension])
