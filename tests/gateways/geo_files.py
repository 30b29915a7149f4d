"""Files of the formats that operators hand over, made by GDAL itself."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

SQUARE = Polygon([(76, 43), (77, 43), (77, 44), (76, 44)])


def write_layer(
    path: Path,
    shapes: Sequence[BaseGeometry],
    names: Sequence[str],
    *,
    layer: str = "units",
    crs: str | None = "EPSG:4326",
    encoding: str | None = None,
) -> Path:
    """A GeoPackage or Shapefile by its suffix: `code` is a whole number, the last cell empty; `name` a text."""
    numbers = np.array([*range(1, len(shapes)), math.nan])
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.nan_to_num(numbers).astype("int64"), np.array(names, dtype=object)],
        np.array(["code", "name"], dtype=object),
        field_mask=[np.isnan(numbers), None],
        geometry_type="Unknown" if path.suffix == ".gpkg" else "Polygon",
        layer=layer,
        driver={".gpkg": "GPKG", ".shp": "ESRI Shapefile"}[path.suffix],
        crs=crs,
        encoding=encoding,
        append=path.suffix == ".gpkg" and path.exists(),
    )
    return path


def zipped(path: Path, *members: Path) -> Path:
    """An archive of these files, in a folder as ministries pack them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.write(member, f"data/{member.name}")
    return path


def star(points: int, *, centre: tuple[float, float] = (76.5, 43.5)) -> Polygon:
    """A star whose every edge crosses nearly every other: the polygon bomb of the security notes (T17)."""
    turns = (2 * math.pi * (points // 2) * each / points for each in range(points))
    return Polygon([(centre[0] + math.cos(turn) / 2, centre[1] + math.sin(turn) / 2) for turn in turns])


def circle(points: int) -> Polygon:
    """An honest outline of many vertices."""
    turns = (2 * math.pi * each / points for each in range(points))
    return Polygon([(76.5 + math.cos(turn) / 2, 43.5 + math.sin(turn) / 2) for turn in turns])
