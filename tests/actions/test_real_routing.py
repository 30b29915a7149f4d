"""The whole country, four types and hints, akimats, utilities and overlapping grid companies: Shapely decides it again.

The reckoning here is written from the rules in words and shares no line with the engine: whom the type names first, the
smallest area first, the akimat of the smallest area otherwise, the nearest area within 250 m where none covers.
"""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import STRtree
from shapely.geometry import LineString, Point, box, shape
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.actions.areas import import_areas
from app.actions.imports import Outcome
from app.actions.reference_data import load_reference_data
from app.actions.reroute_preview import preview_reroute
from app.actions.routing import decide
from app.cli.area_rows import area_rows
from app.cli.files import features
from app.domain.permissions import SYSTEM
from app.domain.routing import AREA_RANK
from app.models import Area, Body, Hazard, HazardType, RerouteMove, Responsibility
from tests.actions.test_real_import import KZ, ROOT, TOLERANCE_M, local_metres
from tests.jobs.kit import POLICY

pytestmark = [pytest.mark.real, pytest.mark.skipif(not KZ.is_dir(), reason=f"no real data at {KZ}")]
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SINCE = date(2024, 1, 1)
KARAGANDA = "350000000"
AKIMATS = ("rural_akimat", "district_akimat", "city_akimat")
NAMED = {
    "MANHOLE_OPEN": ("water_utility", "heat_network", "telecom_operator", "storm_drain_operator", "district_akimat"),
    "POWER_LINE_HAZARD": ("power_regional", "power_national", "city_akimat"),
    "WATER_UNGUARDED": ("city_akimat", "rural_akimat", "land_owner", "emergency_department"),
    "STRAY_DOGS": ("veterinary_service", "district_akimat", "rural_akimat", "police"),
}


@dataclass
class Town:
    """The areas, and who answers in each: (kind, rank, code of the body, its id) by code of the area."""

    areas: list[Area]
    answering: dict[str, list[tuple[str, int, str, int]]] = field(default_factory=dict)


def test_every_place_and_type_goes_to_the_body_that_shapely_finds(session: Session) -> None:
    load_reference_data(session, ROOT / "data")
    town = Town(_areas(session))
    _bodies(session, town)
    places = _places()[::3]  # all of them give the same, in three times as long
    hazards = _hazards(session, places)
    run = preview_reroute(session, by=SYSTEM, as_of=None, forced=False, reason="all", policy=POLICY, now=NOW)
    moves = {row.hazard_id: row for row in session.scalars(select(RerouteMove).where(RerouteMove.run_id == run.id))}
    found = {key: moves[number].to_body_id if number in moves else None for key, number in hazards.items()}
    wanted = _reckoned(town, places)
    assert run.looked_at == len(wanted) == 5 * len(places)
    assert Counter(found[key] == wanted[key] for key in wanted) == {True: len(wanted)}
    print("by basis:", Counter(move.basis for move in moves.values()), "queue:", len(wanted) - len(moves))


def test_how_far_two_sources_of_almaty_s_districts_agree() -> None:
    """COD-AB of 2024 and OpenStreetMap: the share of the common ground that both give to the same district."""
    own, osm = _districts("geokz_city_districts", "ADM2_EN"), _districts("osm_almaty_districts", "name")
    spelling = {"Jetysu": "Zhetysu", "Nauryzbai": "Nauryzbay"}
    both = sum(own[spelling.get(name, name)].intersection(geom).area for name, geom in osm.items())
    common = shapely.union_all(list(own.values())).intersection(shapely.union_all(list(osm.values()))).area
    print(f"agreement: {both / common:.4f}")
    assert both / common > 0.95


def _areas(session: Session) -> list[Area]:
    for level in (1, 2):
        outcome = Outcome()
        rows = area_rows(features(KZ / f"geokz_adm{level}_2024.geojson.gz"), {"level": level}, outcome)
        import_areas(session, by=SYSTEM, rows=rows, valid_from=SINCE, source="", outcome=outcome)
    units = list(session.scalars(select(Area).order_by(Area.code)))
    oblast = next(area for area in units if area.code == KARAGANDA).geom
    west, south, east, north = oblast.bounds
    lon, lat, over = (west + east) / 2, (south + north) / 2, 0.1  # territories overlap by a fifth of a degree
    halves = {
        "grid-sw": box(west, south, lon + over, lat + over), "grid-se": box(lon - over, south, east, lat + over),
        "grid-nw": box(west, lat - over, lon + over, north), "grid-ne": box(lon - over, lat - over, east, north),
    }  # fmt: skip
    for code, half in halves.items():
        part = shapely.get_parts(oblast.intersection(half))
        geom = shapely.multipolygons([each for each in part if each.geom_type == "Polygon"])
        kind = "service_area"
        names = dict.fromkeys(("name_kk", "name_ru", "name_en"), code)
        session.add(Area(code=code, kind=kind, rank=AREA_RANK[kind], valid_from=SINCE, geom=geom, **names))
    session.flush()
    return list(session.scalars(select(Area).order_by(Area.code)))


def _bodies(session: Session, town: Town) -> None:
    for number, area in enumerate(town.areas):
        kinds = ["power_regional"] if area.level is None else []
        if area.level == 1:
            kinds = ["city_akimat", *(["power_regional"] if area.code != KARAGANDA else []), "emergency_department"]
        if area.level == 2:
            kinds = ["district_akimat"] + [
                k for k, every in (("water_utility", 2), ("heat_network", 3)) if number % every
            ]
        for kind in kinds:
            names = dict.fromkeys(("name_kk", "name_ru", "name_en"), kind)
            body = Body(code=f"{kind}-{area.code}", kind=kind, **names)
            session.add(body)
            session.flush()
            rank = 5 + number % 3
            session.add(Responsibility(body_id=body.id, area_code=area.code, rank=rank, valid_from=SINCE))
            town.answering.setdefault(area.code, []).append((kind, rank, body.code, body.id))
    session.flush()


def _places() -> list[Point]:
    with gzip.open(KZ / "hotosm_places_kaz.geojson.gz") as file:
        return [shape(feature["geometry"]) for feature in json.load(file)["features"]]


def _hazards(session: Session, places: list[Point]) -> dict[tuple[int, str, str], int]:
    """Straight into the table: intake itself is checked elsewhere. Keys are (place, type, network)."""
    keys = [(i, kind, "") for kind in NAMED for i in range(len(places))]
    keys += [(i, "MANHOLE_OPEN", "heat") for i in range(len(places))]
    rows = [
        {
            "reference": f"{n:08X}", "hazard_type": kind, "geom": places[i], "label": places[i],
            "public_place": places[i], "status": "received", "severity": "low", "severity_why": [],
            "received_at": NOW, "received_day": NOW.date(), "hints": {"network": network} if network else {},
        }
        for n, (i, kind, network) in enumerate(keys)
    ]  # fmt: skip
    ids = session.scalars(insert(Hazard).returning(Hazard.id, sort_by_parameter_order=True), rows)
    return dict(zip(keys, ids, strict=True))


def _reckoned(town: Town, places: list[Point]) -> dict[tuple[int, str, str], int | None]:
    shapes = np.array([area.geom for area in town.areas])
    shapely.prepare(shapes)
    tree = STRtree(shapes)
    wanted: dict[tuple[int, str, str], int | None] = {}
    for i, place in enumerate(places):
        here = [(0, town.areas[n]) for n in tree.query(place, predicate="intersects")] or _near(tree, town, place)
        for kind, named in NAMED.items():
            wanted[i, kind, ""] = _body(town, here, named)
        wanted[i, "MANHOLE_OPEN", "heat"] = _body(town, here, ("heat_network", *NAMED["MANHOLE_OPEN"]))
    return wanted


def _near(tree: STRtree, town: Town, place: Point) -> list[tuple[int, Area]]:
    found = []
    for n in tree.query(place.buffer(0.01)):
        metres = local_metres(town.areas[n].geom.intersection(place.buffer(0.02)), place)
        if metres <= TOLERANCE_M:
            found.append((max(1, math.ceil(metres)), town.areas[n]))
    return found


def _body(town: Town, here: list[tuple[int, Area]], named: tuple[str, ...]) -> int | None:
    bodies = [
        ((metres, -area.rank), kind, (rank, area.code, code, number))
        for metres, area in here
        for kind, rank, code, number in town.answering.get(area.code, [])
    ]
    for kind in named:
        of_kind = [(size, rest) for size, has, rest in bodies if has == kind]
        if of_kind:
            return min(of_kind)[1][-1]
    akimats = [(size, AKIMATS.index(has), rest) for size, has, rest in bodies if has in AKIMATS]
    return min(akimats)[2][-1] if akimats else None


def _districts(name: str, key: str) -> dict[str, Any]:
    with gzip.open(KZ / f"{name}.geojson.gz") as file:
        found = json.load(file)["features"]
    almaty = [f for f in found if f["properties"].get("ADM1_EN", "Almaty (city)") == "Almaty (city)"]
    return {f["properties"][key]: shapely.make_valid(shape(f["geometry"])) for f in almaty}


def test_lines_and_areas_go_to_the_body_with_the_largest_part(session: Session) -> None:
    """Power lines and quarries across raions, measured here on a sphere, piece by piece."""
    load_reference_data(session, ROOT / "data")
    town = Town(_areas(session))
    _bodies(session, town)
    shapes = np.array([area.geom for area in town.areas])
    tree = STRtree(shapes)
    crossed = 0
    for kind, whole in _shapes(_places()):
        pieces = [(whole, ())]
        for n in tree.query(whole, predicate="intersects"):
            inside = [(p.intersection(shapes[n]), (*a, (0, town.areas[n]))) for p, a in pieces]
            outside = [(p.difference(shapes[n]), a) for p, a in pieces]
            pieces = [(p, a) for p, a in inside + outside if _size(p) > 0]
        sums: Counter[int] = Counter()
        for piece, here in pieces:
            body = _body(town, list(here), NAMED[kind])
            if body is not None:
                sums[body] += _size(piece)
        if not sums:
            continue
        key = session.get_one(HazardType, kind).key
        found = decide(session, shape=whole, hazard_type=key, hints={}, policy=POLICY, day=NOW.date())
        largest, size = sums.most_common(1)[0]
        assert found.body_id == largest
        assert found.trace[0].share == pytest.approx(size / sum(sums.values()), abs=0.005)
        crossed += len(sums) > 1
    assert crossed > 10


def _shapes(places: list[Point]) -> list[tuple[str, Any]]:
    """Between real places some 30 to 60 km apart, so that most cross a border."""
    pairs = [(a, b) for a, b in pairwise(places[::90]) if a.distance(b) > 0.3]
    lines = [LineString([a, Point(a.x + 0.4, a.y + 0.3), Point(a.x + 0.5, a.y)]) for a, _ in pairs]
    return [("POWER_LINE_HAZARD", line) for line in lines[:40]] + [
        ("WATER_UNGUARDED", line.convex_hull) for line in lines[40:80]
    ]


def _size(geometry: Any) -> float:
    """Length in m or surface in m², on a sphere flattened at each part's own latitude."""
    north, total = 111_195.0, 0.0
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon" and part.area:
            total += part.area * north * north * math.cos(math.radians(part.centroid.y))
        if part.geom_type == "LineString":
            for (x0, y0), (x1, y1) in pairwise(part.coords):
                total += math.hypot(y1 - y0, (x1 - x0) * math.cos(math.radians((y0 + y1) / 2))) * north
    return total
