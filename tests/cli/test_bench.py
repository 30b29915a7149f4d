"""The benchmark's own rules: what a line says, when a figure counts, and what its country looks like."""

import re

import pytest
import shapely

from app.cli.bench_data import EAST, LEVELS, NORTH, SERVICE_AREAS, SOUTH, WEST, Country
from app.cli.bench_goals import Goal, machine, percentile

STEADY = [(1.0, 0.4), (1.1, 0.5), (1.0, 0.6), (1.05, 0.5), (1.0, 0.5)]


def test_a_line_names_the_median_ratio_its_limit_and_whether_it_holds() -> None:
    assert str(Goal("x", STEADY, 0.5)) == "goal x ratio 0.476 min 0.400 max 0.600 limit <= 0.5 ok"
    assert str(Goal("x", STEADY, 0.45)).endswith("limit <= 0.45 short")
    assert str(Goal("x", STEADY, 0.6, at_least=True)).endswith("limit >= 0.6 short")


def test_a_baseline_that_wavers_by_more_than_a_quarter_makes_the_figure_invalid() -> None:
    assert Goal("x", [*STEADY, (1.3, 0.5)], 0.5).verdict == "invalid"
    assert Goal("x", [(1.0, 0.5), (1.2, 0.5)], 0.6).verdict == "ok"


def test_percentiles_are_by_rank() -> None:
    times = [float(n) for n in range(100)]
    assert (percentile(times, 0.5), percentile(times, 0.99), percentile([7.0], 0.99)) == (50, 99, 7)


def test_the_machine_is_named() -> None:
    assert re.fullmatch(r"machine .+, \d+ cores, \d+ GiB, load \d+\.\d", machine())


@pytest.fixture(scope="module")
def country() -> Country:
    return Country(1)


def test_a_country_has_about_3000_valid_polygons_in_four_nested_levels_with_shared_borders(country: Country) -> None:
    units = list(country.units())
    shapes = {unit.code: shapely.Polygon(unit.ring) for unit in units}
    assert len(units) == 3000
    assert max(len(unit.ring) for unit in units) == 5000
    assert all(shapely.is_valid(list(shapes.values())))
    inner = shapes["rural_okrug-6-6"]
    outer = [shapes[f"{kind}-{6 // side * side}-{6 // side * side}"] for side, kind in LEVELS[1:]]
    assert all(shapely.covers(each, inner) for each in outer)
    shared = shapely.intersection(inner, shapes["rural_okrug-7-6"])
    assert shared.length > 0.2
    assert shared.area == 0
    assert sum(unit.kind == "service_area" for unit in units) == SERVICE_AREAS


def test_the_same_seed_makes_the_same_points(country: Country) -> None:
    one, other = Country(2), Country(2)
    assert (one.in_cities(50) == other.in_cities(50)).all()
    west, south, east, north = shapely.total_bounds(shapely.points(country.outside(200)))
    assert WEST - 2 < west < east < WEST + 2
    assert SOUTH - 1 < south < north < NORTH + 1 < EAST


def test_in_cities_alone_hazards_lie_equally_densely_however_many_there_are() -> None:
    country = Country(2)
    for number in (20_000, 200_000):
        with country.close_together(number):
            assert len(country.cities) == max(1, number // 50_000)
            points = country.in_cities(2_000)
            far = abs(points[:, None] - country.cities).min(axis=1)
        assert 0.9 < (far < [0.35, 0.225]).all(axis=1).mean() < 1
    assert (len(country.cities), country.spread) == (20, (0.4, 0.25))
