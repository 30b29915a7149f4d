"""GeoPackage and zipped Shapefile, by GDAL; a Shapefile is unpacked under names of our own, within limits."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from app.gateways.geo_limits import Limits
from app.gateways.geo_source import NOTHING, Found, Read, Unreadable, Wish

SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def geopackage(wish: Wish) -> Read:
    """Its only layer with geometry, or the one that was named."""
    return _ogr(wish.path, _only_layer(wish.path, wish.layer))


def shapefile(wish: Wish, limits: Limits) -> Read:
    """The only Shapefile of the archive, or the one that was named."""
    with tempfile.TemporaryDirectory(prefix="qauip-shp-") as folder:
        try:
            with zipfile.ZipFile(wish.path) as archive:
                found = _unpacked(archive, wish.layer, Path(folder), limits)
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
