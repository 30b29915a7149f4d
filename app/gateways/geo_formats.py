"""What the reading process knows of formats: GeoJSON, GeoPackage, zipped Shapefile, OpenStreetMap extract.

Decision: the first bytes say what a file is, never its name; GDAL is shown GeoPackages and Shapefiles alone. JSON is
read by Python: GDAL guesses types (a code of digits becomes a number) and drops a broken geometry without a word.
Turned down: GDAL for all, and letting it find the format, which opens network and virtual files too.
"""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from app.gateways.geo_limits import Limits
from app.gateways.geo_source import NOT_A_NUMBER, NOTHING, Read, Unreadable, Wish

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = np.zeros(256, dtype=np.int64)
_STEPS[list(b"[{")], _STEPS[list(b"]}")] = 1, -1
_AT_ONCE = 1 << 20
_NONE = re.compile(r"[\[ ]-?(NaN|Infinity)\b")
_GZIP, _ZIP, _SQLITE, _OSM = b"\x1f\x8b", b"PK\x03\x04", b"SQLite format 3\x00", b"OSMHeader"


def opened(wish: Wish, limits: Limits) -> Read:
    """Raises Unreadable for what is none of the formats, is too large, or has several layers and none was named."""
    with wish.path.open("rb") as file:
        head = file.read(64)
    if wish.osm and _OSM not in head:
        raise Unreadable("is no OpenStreetMap extract (.osm.pbf)")
    if head.startswith((_SQLITE, _ZIP)):
        from app.gateways.geo_ogr import geopackage, shapefile  # noqa: PLC0415 - loads GDAL for its own formats only

        return geopackage(wish) if head.startswith(_SQLITE) else shapefile(wish, limits)
    if _OSM in head:
        from app.gateways.geo_osm import opened_extract  # noqa: PLC0415 - and libosmium

        return opened_extract(wish, limits)
    return _geojson(wish.path, limits, packed=head.startswith(_GZIP))


def _geojson(path: Path, limits: Limits, *, packed: bool) -> Read:
    data = _bounded(path, limits, packed=packed)
    if _deeper_than(data, limits.depth):
        raise Unreadable(f"is nested deeper than {limits.depth} levels")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"is neither GeoJSON, GeoPackage, zipped Shapefile nor an OSM extract: {error}") from error
    listed = found.get("features") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise Unreadable("is not a GeoJSON FeatureCollection")
    return Read(_named_crs(found), ((_properties(each), _geometry(each)) for each in listed))


def _bounded(path: Path, limits: Limits, *, packed: bool) -> bytes:
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            data = file.read(limits.unpacked + 1)
    except (OSError, EOFError) as error:
        raise Unreadable(f"cannot be read: {error}") from error
    if len(data) > limits.unpacked:
        raise Unreadable(f"is larger than {limits.unpacked // 1024 // 1024} MB when unpacked")
    return data


def _deeper_than(data: bytes, most: int) -> bool:
    """Whether more than `most` brackets are open at a time, counted at the speed of C."""
    brackets = np.frombuffer(_STRING.sub(b"", data).translate(None, _NO_BRACKET), dtype=np.uint8)
    level = 0
    for start in range(0, len(brackets), _AT_ONCE):
        levels = level + np.cumsum(_STEPS[brackets[start : start + _AT_ONCE]])
        if levels.max() > most:
            return True
        level = int(levels[-1])
    return False


def _named_crs(collection: dict[str, Any]) -> str | None:
    try:
        return str(collection["crs"]["properties"]["name"])
    except (KeyError, TypeError):
        return "OGC:CRS84"


def _properties(feature: Any) -> dict[str, Any]:
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def _geometry(feature: Any) -> BaseGeometry | str:
    try:
        return shape(feature["geometry"])
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return NOT_A_NUMBER if _NONE.search(json.dumps(feature)) else NOTHING
