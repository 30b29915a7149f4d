"""A crew's tour visits each job once, urgent ones first, and is never longer than the order it was given."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.tour import MOST_STOPS, Stop, distance_m, length_m, tour

PLACES = st.tuples(st.floats(43.1, 43.4), st.floats(76.7, 77.1))
STOPS = st.lists(st.builds(Stop, PLACES, st.booleans()), max_size=14)
START = st.none() | PLACES


def way_m(order: list[int], stops: list[Stop], start: tuple[float, float] | None) -> float:
    places = [stops[at].place for at in order]
    return length_m(start or places[0], places)


@settings(deadline=None)
@given(STOPS, START)
def test_each_job_is_visited_once_and_the_urgent_ones_first(stops: list[Stop], start) -> None:
    order = tour(stops, start)
    assert sorted(order) == list(range(len(stops)))
    urgent = [stops[at].urgent for at in order]
    assert urgent == sorted(urgent, reverse=True)


@settings(deadline=None)
@given(STOPS.filter(bool), START)
def test_it_is_never_longer_than_the_order_given_with_the_urgent_ones_put_first(stops: list[Stop], start) -> None:
    as_given = sorted(range(len(stops)), key=lambda at: not stops[at].urgent)
    assert way_m(tour(stops, start), stops, start) <= way_m(as_given, stops, start) + 1e-3


def test_jobs_along_a_street_are_visited_along_the_street() -> None:
    street = [Stop((43.25, 76.9 + step / 1000)) for step in (3, 1, 4, 0, 2, 5)]
    assert [street[at].place[1] for at in tour(street, (43.25, 76.899))] == sorted(stop.place[1] for stop in street)


def test_without_a_start_the_first_job_leads() -> None:
    assert tour([Stop((43.25, 76.9)), Stop((43.3, 76.9)), Stop((43.26, 76.9))]) == [0, 2, 1]
    assert tour([Stop((43.25, 76.9)), Stop((43.3, 76.9), urgent=True)]) == [1, 0]


def test_it_is_close_to_the_best_tour_of_a_grid() -> None:
    grid = [Stop((43.2 + row / 1000, 76.9 + column / 1000)) for row in range(6) for column in range(6)]
    shuffled = [grid[at * 7 % 36] for at in range(36)]
    rows, columns = distance_m((43.2, 76.9), (43.201, 76.9)), distance_m((43.2, 76.9), (43.2, 76.901))
    best = 30 * min(rows, columns) + 5 * max(rows, columns)
    assert way_m(tour(shuffled, (43.2, 76.9)), shuffled, (43.2, 76.9)) < 1.25 * best


@pytest.mark.parametrize("many", [MOST_STOPS, 3 * MOST_STOPS])
def test_many_jobs_are_ordered_all_the_same(many: int) -> None:
    around = [Stop((43.2 + math.sin(at) / 20, 76.9 + math.cos(at * at) / 20)) for at in range(many)]
    assert sorted(tour(around)) == list(range(many))


def test_a_distance_is_that_of_the_globe() -> None:
    assert distance_m((43.2567, 76.9286), (43.2657, 76.9286)) == pytest.approx(1000.8, abs=1)
