"""A crew's tour visits each job once, what presses first, and is never longer than the order it was given."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.tour import MOST_STOPS, Press, Stop, distance_m, length_m, press_of, tour

PLACES = st.tuples(st.floats(43.1, 43.4), st.floats(76.7, 77.1))
STOPS = st.lists(st.builds(Stop, PLACES, st.sampled_from(Press)), max_size=14)
START = st.none() | PLACES


def way_m(order: list[int], stops: list[Stop], start: tuple[float, float] | None) -> float:
    places = [stops[at].place for at in order]
    return length_m(start or places[0], places)


@settings(deadline=None)
@given(STOPS, START)
def test_each_job_is_visited_once_and_what_presses_first(stops: list[Stop], start) -> None:
    order = tour(stops, start)
    assert sorted(order) == list(range(len(stops)))
    press = [stops[at].press for at in order]
    assert press == sorted(press)


@settings(deadline=None)
@given(STOPS.filter(bool), START)
def test_it_is_never_longer_than_the_order_given_sorted_by_how_they_press(stops: list[Stop], start) -> None:
    as_given = sorted(range(len(stops)), key=lambda at: stops[at].press)
    assert way_m(tour(stops, start), stops, start) <= way_m(as_given, stops, start) + 1e-3


def test_jobs_along_a_street_are_visited_along_the_street() -> None:
    street = [Stop((43.25, 76.9 + step / 1000)) for step in (3, 1, 4, 0, 2, 5)]
    assert [street[at].place[1] for at in tour(street, (43.25, 76.899))] == sorted(stop.place[1] for stop in street)


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_what_is_not_safe_comes_before_what_is(overdue: bool, urgent: bool, critical: bool, late_fix: bool) -> None:
    not_safe = press_of(made_safe=False, overdue=overdue, urgent=urgent, critical=critical)
    assert not_safe < press_of(made_safe=True, overdue=late_fix, urgent=urgent, critical=critical)
    assert (not_safe is Press.NOW) == (overdue or urgent or critical)


def test_a_late_job_next_door_is_not_left_for_the_end_by_one_that_is_safe_far_away() -> None:
    late = Stop((43.259, 76.93), press_of(made_safe=False, overdue=True, urgent=False, critical=False))
    safe = Stop((43.33, 76.93), press_of(made_safe=True, overdue=False, urgent=False, critical=True))
    assert tour([safe, late], (43.25, 76.93)) == [1, 0]


def test_without_a_start_the_first_job_leads() -> None:
    assert tour([Stop((43.25, 76.9)), Stop((43.3, 76.9)), Stop((43.26, 76.9))]) == [0, 2, 1]
    assert tour([Stop((43.25, 76.9)), Stop((43.3, 76.9), Press.NOW)]) == [1, 0]


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
