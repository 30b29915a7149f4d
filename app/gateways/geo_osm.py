"""Objects of an OpenStreetMap extract as features: nodes, ways, and relations with their outlines put together.

Decision: pyosmium, whose assembler takes a boundary whole or not at all. Turned down: GDAL's driver, which makes an
area of the rings that happen to lie in the extract and says nothing: a country with one island inside becomes that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import osmium
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from app.gateways.geo_limits import Limits
from app.gateways.geo_source import Found, Read, Selection, Unreadable, Wish

CUT = "is not whole in this extract"
_LINES = ("highway", "waterway", "power", "barrier", "railway")
_SURFACES = ("riverbank", "dock", "pedestrian", "substation", "plant")
_LINE, _RING = 2, 4
_wkb = osmium.geom.WKBFactory()


def opened_extract(wish: Wish, limits: Limits) -> Read:
    """Raises Unreadable where nothing was asked of an extract, or it is too large."""
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


def extract(path: Path, selection: Selection) -> Iterator[Found]:
    """Tags, with `@id` (n1, w2, r3), and geometry or why there is none, of each object that has a tag of the selection.

    `selection`: key, and its values parted by spaces, or `*` for any. Raises RuntimeError where the file is damaged.
    """
    wanted = {key: None if values == "*" else frozenset(values.split()) for key, values in _joined(selection).items()}
    keys = osmium.filter.KeyFilter(*wanted)
    cut: dict[int, dict[str, Any]] = {}
    objects: Iterator[Any] = iter(osmium.FileProcessor(path).with_areas(keys).with_filter(keys))
    for each in objects:
        tags = {tag.k: tag.v for tag in each.tags}
        if not any(_fits(tags.get(key), values) for key, values in wanted.items()):
            continue
        if each.is_relation() and tags.get("type") in ("boundary", "multipolygon"):
            cut[each.id] = tags
        elif each.is_area() and not each.from_way():
            yield cut.pop(each.orig_id(), tags) | {"@id": f"r{each.orig_id()}"}, _built(each)
        elif each.is_node() or each.is_way():
            yield tags | {"@id": f"{each.type_str()}{each.id}"}, _built(each)
    for number, tags in cut.items():
        yield tags | {"@id": f"r{number}"}, CUT


def _joined(selection: Selection) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, values in selection:
        found[key] = "*" if "*" in (values, found.get(key)) else f"{found.get(key, '')} {values}"
    return found


def _fits(value: str | None, values: frozenset[str] | None) -> bool:
    return value is not None and (values is None or value in values)


def _built(each: Any) -> BaseGeometry | str:
    try:
        if each.is_node():
            return Point(each.lon, each.lat)
        return _way(each) if each.is_way() else shapely.from_wkb(_wkb.create_multipolygon(each))
    except (RuntimeError, osmium.InvalidLocationError, ShapelyError):
        return CUT


def _way(way: Any) -> BaseGeometry | str:
    """A line or what it encloses; of a way that runs out of the extract the line of the nodes that are inside."""
    points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
    if len(points) < _LINE:
        return CUT
    whole = len(points) == len(way.nodes) and way.is_closed() and len(points) >= _RING
    return Polygon(points) if whole and _is_surface({tag.k: tag.v for tag in way.tags}) else LineString(points)


def _is_surface(tags: Mapping[str, str]) -> bool:
    """Whether a closed way is what it encloses: `area` says so, else its tags do."""
    if "area" in tags:
        return tags["area"] == "yes"
    lines = [tags[key] for key in _LINES if key in tags]
    return tags.get("natural") != "coastline" and all(value in _SURFACES for value in lines)
