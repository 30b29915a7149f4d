"""Outlines are mended without adding land, and told apart by what was done."""

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from app.domain.errors import BadCoordinates, BadGeometry, OutOfBounds
from app.domain.geo import KAZAKHSTAN
from app.domain.geo_mend import Done, looks_swapped, mend_area

CORNER = st.tuples(st.integers(60, 80), st.integers(41, 55))
RING = st.lists(CORNER, min_size=3, max_size=9)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(RING, st.lists(RING, max_size=2)), min_size=1, max_size=3))
def test_what_is_mended_is_valid_and_lies_within_what_was_drawn(rings):
    drawn = MultiPolygon([Polygon(shell, holes) for shell, holes in rings])
    try:
        found = mend_area(drawn)
    except BadGeometry:
        return
    assert found.area.is_valid
    assert (Done.REPAIRED in found.done) == (not drawn.is_valid)
    assert bool(found.why) == (Done.REPAIRED in found.done)
    shells = shapely.union_all([Polygon(shell).convex_hull for shell, _ in rings])
    assert found.area.difference(shells.buffer(1e-9)).area == pytest.approx(0, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.integers(150, 179), st.integers(181, 210), st.integers(-60, 60), st.sampled_from([0, 360]))
def test_an_area_over_the_antimeridian_keeps_its_size(west, east, south, turn):
    ring = [(west, south), (east - turn, south), (east - turn, south + 5), (west, south + 5)]
    for drawn in (ring, ring[::-1]):
        found = mend_area(Polygon(drawn))
        assert found.done == (Done.SPLIT,)
        assert math.isclose(found.area.area, (east - west) * 5)
        assert found.area.bounds == (-180, south, 180, south + 5)


def test_a_hole_over_the_antimeridian_stays_a_hole():
    found = mend_area(
        Polygon([(170, 0), (-170, 0), (-170, 9), (170, 9)], [[(-175, 2), (-172, 2), (-172, 4), (-175, 4)]])
    )
    assert math.isclose(found.area.area, 20 * 9 - 3 * 2)


def test_the_whole_world_is_not_taken_for_a_strip():
    assert mend_area(box(-180, -90, 180, 90)).done == ()


@pytest.mark.parametrize(
    ("ring", "refusal"),
    [
        ([(500000, 4800000), (600000, 4800000), (600000, 4900000)], OutOfBounds),
        ([(70, 95), (71, 95), (71, 96)], OutOfBounds),
        ([(70, 40), (71, 40), (70.5, 40)], BadGeometry),
        ([(0, 80), (90, 81), (180, 80), (-90, 81)], BadGeometry),
    ],
)
def test_what_is_no_area_in_degrees_is_refused(ring, refusal):
    with pytest.raises(refusal):
        mend_area(Polygon(ring))


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(BadCoordinates):
        mend_area(Polygon([(70, 40), (number, 40), (71, 41)]))


def test_swapped_axes_are_told_from_a_place_elsewhere():
    assert looks_swapped(box(43, 76, 44, 77), KAZAKHSTAN)
    assert not looks_swapped(box(76, 43, 77, 44), KAZAKHSTAN)
    assert not looks_swapped(box(24, 60, 25, 61), KAZAKHSTAN)
    assert not looks_swapped(box(47, 47, 50, 50), KAZAKHSTAN)
