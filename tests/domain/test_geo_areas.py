"""Outlines of areas: what is drawn clumsily is mended and says so, what covers nothing is refused."""

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from app.domain import geo
from app.domain.errors import BadGeometry, OutOfBounds

BOW_TIE = Polygon([(76, 43), (77, 44), (77, 43), (76, 44)])


def rings() -> st.SearchStrategy[Polygon]:
    corner = st.tuples(st.integers(0, 30), st.integers(0, 30))
    return st.lists(corner, min_size=3, max_size=9).map(Polygon)


def test_a_good_area_is_kept_as_it_is():
    ring = box(0, 0, 10, 10).difference(box(1, 1, 9, 9))
    area, repaired = geo.area_geometry(ring)
    assert not repaired
    assert area.equals_exact(MultiPolygon([ring]), 0)


def test_a_bow_tie_becomes_its_two_halves():
    area, repaired = geo.area_geometry(BOW_TIE)
    assert repaired
    assert area.is_valid
    assert len(area.geoms) == 2
    assert area.area == pytest.approx(0.5)


def test_repair_keeps_holes_and_drops_hairs():
    holed = Polygon([(0, 0), (10, 0), (10, 10), (10, 12), (10, 10), (0, 10)], [[(2, 2), (4, 2), (4, 4), (2, 4)]])
    area, repaired = geo.area_geometry(holed)
    assert repaired
    assert area.equals(box(0, 0, 10, 10).difference(box(2, 2, 4, 4)))


@pytest.mark.parametrize(
    "parts",
    [
        MultiPolygon([box(0, 0, 2, 2), box(1, 1, 3, 3)]),
        GeometryCollection([box(0, 0, 2, 2), box(1, 1, 3, 3)]),
        GeometryCollection([MultiPolygon([box(0, 0, 2, 2)]), GeometryCollection([box(1, 1, 3, 3)]), Point(9, 9)]),
    ],
)
def test_parts_that_overlap_become_one_area_and_none_is_lost(parts):
    area, repaired = geo.area_geometry(parts)
    assert repaired
    assert area.is_valid
    assert area.area == pytest.approx(7)


@pytest.mark.parametrize(
    "shape",
    [
        Polygon(),
        MultiPolygon(),
        Point(1, 1),
        LineString([(0, 0), (1, 1)]),
        GeometryCollection([Point(1, 1)]),
        Polygon([(0, 0), (1, 1), (2, 2)]),
    ],
)
def test_what_covers_nothing_is_no_area(shape):
    with pytest.raises(BadGeometry):
        geo.area_geometry(shape)


@pytest.mark.parametrize("shape", [box(0, 0, 181, 10), box(0, -91, 10, 10)])
def test_an_area_beyond_the_world_is_refused(shape):
    with pytest.raises(OutOfBounds):
        geo.area_geometry(shape)


def test_an_area_is_flat():
    assert not geo.area_geometry(Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]))[0].has_z


def test_a_star_of_151_points_is_repaired_in_time():
    corners = [2 * math.pi * i * 75 / 151 for i in range(151)]
    star = Polygon([(math.cos(angle), math.sin(angle)) for angle in corners])
    began = time.perf_counter()
    area, repaired = geo.area_geometry(star)
    assert time.perf_counter() - began < 5
    assert repaired
    assert area.is_valid


@given(rings())
def test_an_area_is_valid_and_inside_what_was_drawn_or_refused(shape):
    try:
        area, repaired = geo.area_geometry(shape)
    except BadGeometry:
        return
    assert isinstance(area, MultiPolygon)
    assert area.is_valid
    assert area.area > 0
    assert shape.convex_hull.buffer(1e-9).covers(area)
    assert repaired != shape.is_valid


@given(rings())
def test_the_label_of_an_area_stands_inside_it(shape):
    try:
        area, _ = geo.area_geometry(shape)
    except BadGeometry:
        return
    assert area.covers(geo.label_point(area))
