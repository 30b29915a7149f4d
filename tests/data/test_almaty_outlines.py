"""The demo outlines of Almaty: built from our own corner points, without gap or overlap, and where the city really is.

The comparison file is open data that we do not ship; where it does not lie beside the project the comparison skips.
"""

from __future__ import annotations

import gzip
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from shapely import LineString, Polygon, get_coordinates, polygonize, union_all
from shapely.geometry import shape

ROOT = Path(__file__).parents[2]
AREAS = ROOT / "data/areas"
REAL = ROOT.parent / "shared/data/kz/geokz_city_districts.geojson.gz"
MAX_CORNERS = 40
CITY = "750000000"


def features(name: str) -> list[dict[str, Any]]:
    return json.loads((AREAS / name).read_text("utf-8"))["features"]


def outlines(name: str) -> dict[str, Polygon]:
    return {f["properties"]["code"]: shape(f["geometry"]) for f in features(name)}


DISTRICTS = outlines("almaty.geojson")
CORNERS = yaml.safe_load((AREAS / "almaty_corners.yaml").read_text("utf-8"))


def rings(owner: str) -> list[Polygon]:
    lines = [LineString(border["points"]) for border in CORNERS["borders"] if owner in border["between"]]
    return list(polygonize(lines).geoms)


def corners_of(polygon: Polygon) -> set[tuple[float, float]]:
    return {(x, y) for x, y in get_coordinates(polygon)}


def test_there_are_the_eight_districts_of_the_city() -> None:
    assert len(DISTRICTS) == 8
    assert all(f["properties"]["parent"] == CITY for f in features("almaty.geojson"))
    assert all(f["properties"]["kind"] == "city_district" for f in features("almaty.geojson"))


@pytest.mark.parametrize("name", ["almaty.geojson", "almaty_city.geojson"])
def test_outlines_say_that_they_are_demo_and_where_official_ones_come_from(name: str) -> None:
    note = json.loads((AREAS / name).read_text("utf-8"))["note"]
    assert "Demo outlines" in note
    assert "Official outlines come from" in note
    assert all(f["properties"]["demo"] for f in features(name))


@pytest.mark.parametrize("code", DISTRICTS)
def test_district_is_one_valid_ring_of_few_corners_to_three_decimals(code: str) -> None:
    district = DISTRICTS[code]
    assert district.is_valid
    assert len(district.exterior.coords) - 1 <= MAX_CORNERS
    assert not district.interiors
    assert all(value == round(value, 3) for point in corners_of(district) for value in point)


@pytest.mark.parametrize("code", DISTRICTS)
def test_district_is_what_its_corner_points_make(code: str) -> None:
    (ring,) = rings(code)
    assert ring.normalize() == DISTRICTS[code].normalize()


def test_districts_do_not_overlap() -> None:
    assert all(a.intersection(b).area == 0 for a, b in combinations(DISTRICTS.values(), 2))


def test_neighbours_share_their_corners_exactly() -> None:
    for border in CORNERS["borders"]:
        points = {tuple(point) for point in border["points"]}
        for owner in set(border["between"]) - {"outside"}:
            assert points <= corners_of(DISTRICTS[owner])


def test_city_is_exactly_the_union_of_its_districts_without_a_gap() -> None:
    city = outlines("almaty_city.geojson")[CITY]
    (limit,) = rings("outside")
    assert union_all(list(DISTRICTS.values())).equals(city)
    assert limit.normalize() == city.normalize()
    assert not city.interiors


@pytest.mark.real
@pytest.mark.skipif(not REAL.exists(), reason="open district boundaries do not lie beside the project")
@pytest.mark.parametrize("code", DISTRICTS)
def test_district_lies_where_the_real_one_lies(code: str) -> None:
    with gzip.open(REAL) as file:
        found = {f["properties"]["KATO"]: f for f in json.load(file)["features"]}
    real, ours = shape(found[code]["geometry"]), DISTRICTS[code]
    assert ours.intersection(real).area / ours.union(real).area >= 0.7
