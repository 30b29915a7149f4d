"""Geometry columns that speak Shapely; WKB stays here.

Turned down: bare GeoAlchemy2 columns, which hand WKBElement to every caller.
"""

import struct
from collections.abc import Sequence
from typing import Any

import shapely
from geoalchemy2 import Geometry
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

SRID = 4326


def ewkb(shapes: Sequence[BaseGeometry]) -> list[str]:
    """Shapes as COPY reads them into a geometry column, all at once."""
    marked: Any = shapely.set_srid(shapes, SRID)
    return list(shapely.to_wkb(marked, hex=True, include_srid=True))


def points_ewkb(points: Sequence[Point]) -> list[str]:
    """The same of two-dimensional points, several times as fast."""
    head, coordinates = f"0101000020{struct.pack('<I', SRID).hex()}", shapely.get_coordinates(points)
    digits = coordinates.astype("<f8").tobytes().hex()
    return [head + digits[at : at + 32] for at in range(0, len(digits), 32)]


class ShapelyGeometry(Geometry):
    """A `geometry(<kind>, 4326)` column whose Python value is a Shapely geometry, longitude first."""

    cache_ok = True

    def bind_processor(self, dialect: Any) -> Any:
        inner = super().bind_processor(dialect)  # type: ignore[no-untyped-call]  # GeoAlchemy2 is untyped here

        def process(value: Any) -> Any:
            if isinstance(value, BaseGeometry):
                value = from_shape(value, srid=SRID, extended=True)
            return inner(value)

        return process

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        inner = super().result_processor(dialect, coltype)  # type: ignore[no-untyped-call]  # as above

        def process(value: Any) -> Any:
            element = inner(value)
            return None if element is None else to_shape(element)

        return process


def geometry(kind: str = "GEOMETRY") -> ShapelyGeometry:
    """A column type for `kind`; indexes are named and made in the models, not by GeoAlchemy2."""
    return ShapelyGeometry(geometry_type=kind, srid=SRID, spatial_index=False)
