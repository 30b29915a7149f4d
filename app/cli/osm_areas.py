"""Administrative boundaries of an OpenStreetMap extract as areas.

Decision: `admin_level` says the kind, as mappers in Kazakhstan use it, and the boundary's own tags part a city from a
rayon of the same level; every level can be told otherwise. The parent is found by geometry, since OpenStreetMap has no
such tag. Turned down: the word in the name alone, which differs by language and by mapper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click
from shapely import STRtree

from app.actions.areas import AreaRow
from app.actions.imports import Outcome
from app.cli.area_rows import REPUBLICAN_CITIES, counted, first
from app.cli.osm_tags import KATO, OSM_NOTICE, names_of
from app.domain.routing import AREA_RANK
from app.gateways.geofile import Feature

ADMINISTRATIVE = (("boundary", "administrative"),)
KIND_OF_ADMIN_LEVEL = {
    2: "country",
    4: "oblast",
    6: "rayon",
    7: "city_district",
    8: "rural_okrug",
    9: "settlement",
    10: "village",
}
_IF_CITY = {"oblast": "republican_city", "rayon": "city_administration"}
_CITIES = ("city", "town")
_DISTRICT_WORDS = ("ауданы", "район", "district")


def kinds_of_levels(given: Sequence[str]) -> dict[int, tuple[str, bool]]:
    """Kind of each admin_level, and whether the operator said so; raises UsageError for what is no N=KIND."""
    kinds = {level: (kind, False) for level, kind in KIND_OF_ADMIN_LEVEL.items()}
    for pair in given:
        level, _, kind = pair.partition("=")
        if not level.isdecimal() or kind not in AREA_RANK:
            raise click.UsageError(f"--admin-level takes N=KIND, with a kind of: {', '.join(AREA_RANK)}.")
        kinds[int(level)] = (kind, True)
    return kinds


def boundary_rows(
    features: Iterable[Feature], kinds: Mapping[int, tuple[str, bool]], outcome: Outcome, *, code: str | None = None
) -> Iterator[AreaRow]:
    """Boundaries as rows, each with its parent; levels of no kind are left out, those without a name are refused."""
    rows = [row for feature in features if (row := _row(feature, kinds, outcome, code)) is not None]
    parents = _parents(rows)
    for row in rows:
        yield replace(row, parent_code=parents.get(row.code))


def _row(feature: Feature, kinds: Mapping[int, tuple[str, bool]], outcome: Outcome, code: str | None) -> AreaRow | None:
    counted(outcome)
    tags, osm_id = feature.properties, str(feature.properties["@id"])
    level = str(tags.get("admin_level", ""))
    if not level.isdecimal() or int(level) not in kinds:
        outcome.counts["of other levels"] += 1
        return None
    names = names_of(tags)
    if feature.geometry is None or not names[0]:
        outcome.refuse(feature.line, f"{osm_id}: {feature.problem or 'has no name'}")
        return None
    found = first(tags, (code,) if code else KATO)
    kind = _kind(tags, found, *kinds[int(level)])
    return AreaRow(
        feature.line,
        found or f"osm:{osm_id}",
        kind,
        names,
        None,
        int(level),
        feature.geometry,
        feature.done,
        f"OpenStreetMap {osm_id}; {OSM_NOTICE}",
    )


def _kind(tags: Mapping[str, Any], code: str, kind: str, told: bool) -> str:
    if told:
        return kind
    if kind in _IF_CITY and (tags.get("place") in _CITIES or code in REPUBLICAN_CITIES):
        return _IF_CITY[kind]
    if kind == "rural_okrug" and any(word in str(tags.get("name", "")).casefold() for word in _DISTRICT_WORDS):
        return "city_district"
    return kind


def _parents(rows: Sequence[AreaRow]) -> dict[str, str]:
    """For each code the smallest area of a lower rank that holds a point well inside it."""
    if not rows:
        return {}  # a tree of nothing cannot be asked about nothing
    tree = STRtree([row.geometry for row in rows])
    insides = [row.geometry.representative_point() for row in rows]
    found: dict[str, AreaRow] = {}
    for child, holder in tree.query(insides, predicate="intersects").T:
        row, parent = rows[child], rows[holder]
        best = found.get(row.code)
        if AREA_RANK[parent.kind] < AREA_RANK[row.kind] and (best is None or _order(parent) > _order(best)):
            found[row.code] = parent
    return {code: parent.code for code, parent in found.items()}


def _order(row: AreaRow) -> tuple[int, float]:
    return AREA_RANK[row.kind], -row.geometry.area
