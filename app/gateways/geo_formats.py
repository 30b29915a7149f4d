"""What the reading process knows of formats: GeoJSON, GeoPackage, zipped Shapefile, OpenStreetMap extract.

Decision: the first bytes say what a file is, never its name; GDAL is shown GeoPackages and Shapefiles alone. JSON is
read by Python: GDAL guesses types (a code of digits becomes a number) and drops a broken geometry without a word.
Turned down: GDAL for all, and letting it find the format, which opens network and virtual files too.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from app.gateways.geo_limits import Limits
from app.gateways.geo_osm import Selection, extract

Found = tuple[dict[str, Any], BaseGeometry | str]

NOTHING = "has no geometry"
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{\]}]')
_GZIP, _ZIP, _SQLITE, _OSM = b"\x1f\x8b", b"PK\x03\x04", b"SQLite format 3\x00", b"OSMHeader"


class Unreadable(Exception):
    """The whole file is refused; the message is a clause that follows its name."""


@dataclass(frozen=True)
class Wish:
    """`osm`: the tags of an extract that are asked for, each with its values (`geo_osm.extract`)."""

    path: Path
    layer: str = ""
    encoding: str = ""
    osm: Selection = ()


@dataclass(frozen=True)
class Read:
    """One layer: its coordinate system as the file names it; properties and geometry (or why there is none), each."""

    crs: str | None
    features: Iterator[Found]


def opened(wish: Wish, limits: Limits) -> Read:
    """Raises Unreadable for what is none of the formats, is too large, or has several layers and none was named."""
    with wish.path.open("rb") as file:
        head = file.read(64)
    if head.startswith(_SQLITE):
        return _ogr(wish.path, _only_layer(wish.path, wish.layer))
    if head.startswith(_ZIP):
        return _shapefile(wish, limits)
    if _OSM in head:
        return _extract(wish, limits)
    return _geojson(wish.path, limits, packed=head.startswith(_GZIP))


def _geojson(path: Path, limits: Limits, *, packed: bool) -> Read:
    data = _bounded(path, limits, packed=packed)
    if _depth(data, limits.depth) > limits.depth:
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


def _depth(data: bytes, enough: int) -> int:
    """How deep brackets nest; counting ends once there are more than `enough`."""
    deepest = depth = 0
    for found in _BRACKET.finditer(data):
        mark = found.group()[:1]
        depth += (mark in b"[{") - (mark in b"]}")
        deepest = max(deepest, depth)
        if deepest > enough:
            break
    return deepest


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
        return NOTHING


def _shapefile(wish: Wish, limits: Limits) -> Read:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qauip-shp-")))
        try:
            archive = stack.enter_context(zipfile.ZipFile(wish.path))
            found = _unpacked(archive, wish.layer, folder, limits)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
            raise Unreadable(f"is no zip archive that can be read: {error}") from error
        return _ogr(found, "", encoding=wish.encoding or _dbf_encoding(found))


def _unpacked(archive: zipfile.ZipFile, layer: str, folder: Path, limits: Limits) -> Path:
    """The one Shapefile of the archive, unpacked under names of our own, never more bytes than allowed."""
    stems = [name[:-4] for name in archive.namelist() if name.lower().endswith(".shp") and "__MACOSX" not in name]
    wanted = [stem for stem in stems if layer in ("", Path(stem).name)]
    if len(wanted) != 1:
        raise Unreadable(_choice([Path(stem).name for stem in stems], "Shapefile"))
    left = limits.shapes
    for member in archive.infolist():
        stem, suffix = member.filename[:-4], member.filename[-4:].lower()
        if stem == wanted[0] and suffix in SHAPEFILE:
            left -= _copy(archive, member, folder / f"layer{suffix}", left)
    return folder / "layer.shp"


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Bytes written; Python never gives more of a member than the archive declared."""
    if member.file_size > left:
        raise Unreadable(f"holds more than {left // 1024 // 1024} MB when unpacked")
    with archive.open(member) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out)
    return target.stat().st_size


def _dbf_encoding(found: Path) -> str:
    """Without a .cpg GDAL takes Latin-1; what decodes as UTF-8 is UTF-8."""
    table = found.with_suffix(".dbf")
    if found.with_suffix(".cpg").exists() or not table.exists():
        return ""
    data = table.read_bytes()
    start = int.from_bytes(data[8:10], "little")
    try:
        data[start:].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1251"
    return "UTF-8"


def _only_layer(path: Path, wanted: str) -> str:
    try:
        listed = pyogrio.list_layers(path)  # type: ignore[no-untyped-call]  # pyogrio is untyped here
    except pyogrio.errors.DataSourceError as error:
        raise Unreadable(f"cannot be opened: {error}") from error
    names = [str(name) for name, kind in listed if kind is not None]
    if wanted not in names and (wanted or len(names) != 1):
        raise Unreadable(_choice(names, "layer"))
    return wanted or names[0]


def _choice(names: list[str], what: str) -> str:
    if not names:
        return f"holds no {what} with geometry"
    return f"holds several, name one with --layer: {', '.join(names[:20])}"


def _extract(wish: Wish, limits: Limits) -> Read:
    if wish.path.stat().st_size > limits.unpacked:
        raise Unreadable(f"is larger than {limits.unpacked // 1024 // 1024} MB")
    if not wish.osm:
        raise Unreadable("is an OSM extract, which this command does not read")
    return Read("OGC:CRS84", _whole(extract(wish.path, wish.osm)))


def _whole(found: Iterator[Found]) -> Iterator[Found]:
    try:
        yield from found
    except RuntimeError as error:
        raise Unreadable(f"cannot be read: {error}") from error


def _ogr(path: Path, layer: str, *, encoding: str = "") -> Read:
    try:
        meta, _, shapes, columns = pyogrio.raw.read(  # type: ignore[no-untyped-call]  # as above
            path, layer=layer or None, encoding=encoding or None, datetime_as_string=True
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, UnicodeDecodeError) as error:
        raise Unreadable(f"cannot be read: {error}") from error
    if shapes is None:
        raise Unreadable("holds no geometry")
    kinds = [str(kind).startswith("OFTInteger") for kind in meta["ogr_types"]]
    return Read(meta["crs"], _rows(list(meta["fields"]), kinds, columns, shapes))


def _rows(names: list[str], whole: list[bool], columns: Any, shapes: Any) -> Iterator[Found]:
    for number, wkb in enumerate(shapes):
        cells = (_cell(column[number], each) for column, each in zip(columns, whole, strict=True))
        yield dict(zip(names, cells, strict=True)), _from_wkb(wkb)


def _from_wkb(wkb: bytes | None) -> BaseGeometry | str:
    try:
        return NOTHING if wkb is None else shapely.from_wkb(wkb)
    except ShapelyError:
        return NOTHING


def _cell(value: Any, whole: bool) -> Any:
    """A plain value; GDAL's columns of whole numbers come as decimals where a cell is empty."""
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, float):
        if plain != plain:  # noqa: PLR0124 - NaN stands for an empty cell
            return None
        return int(plain) if whole else plain
    return plain if isinstance(plain, str | int | bool) or plain is None else str(plain)
