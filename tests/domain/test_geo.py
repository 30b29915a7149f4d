"""Places: what is no number, out of the country or no shape is named and refused; what is drawn clumsily is mended."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import GeometryCollection, LinearRing, LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from app.domain import geo
from app.domain.errors import BadCoordinates, BadGeometry, OutOfBounds
from app.domain.geo import KAZAKHSTAN, WORLD, Bounds

BOW_TIE = Polygon([(76, 43), (77, 44), (77, 43), (76, 44)])
lons = st.floats(-180, 180)
lats = st.floats(-90, 90)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("43.25", 43.25),
        (" 43,25 ", 43.25),
        ("\u221243,25", -43.25),
        ("-43.25", -43.25),
        ("+43", 43.0),
        (76.9, 76.9),
        (1e-7, 1e-7),
        (0, 0.0),
    ],
)
def test_degrees_are_read_as_people_write_them(typed, value):
    assert geo.parse_degrees(typed) == value


@pytest.mark.parametrize(
    "typed",
    [
        "abc",
        "",
        " ",
        None,
        True,
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        math.nan,
        math.inf,
        "43,25,1",
        "43.25, 76.9",
        "4_3",
        "0x2b",
        "43\u00b015'",
        "4\x003",
        "\ud800",
        "9" * 5000,
    ],
)
def test_what_is_no_finite_number_is_refused(typed):
    with pytest.raises(BadCoordinates):
        geo.parse_degrees(typed)


@given(st.one_of(st.text(st.characters(codec=None)), st.floats(), st.none()))
def test_degrees_are_finite_or_refused(typed):
    try:
        value = geo.parse_degrees(typed)
    except BadCoordinates:
        return
    assert math.isfinite(value)


@given(st.floats(-180, 180))
def test_degrees_written_with_a_comma_are_the_same_number(value):
    assert geo.parse_degrees(str(value).replace(".", ",")) == geo.parse_degrees(value) == value


def test_a_point_is_longitude_first():
    place = geo.point(76.9, 43.2, KAZAKHSTAN)
    assert (place.x, place.y) == (76.9, 43.2)


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 43), (76, math.nan), (math.inf, 43), (76, -math.inf)])
def test_a_point_of_no_number_is_refused(lon, lat):
    with pytest.raises(BadCoordinates):
        geo.point(lon, lat)


@pytest.mark.parametrize(
    ("lon", "lat", "bounds", "swapped"),
    [
        (43.2, 76.9, KAZAKHSTAN, True),
        (10.0, 50.0, KAZAKHSTAN, False),
        (76.9, 30.0, KAZAKHSTAN, False),
        (181.0, 0.0, WORLD, False),
        (0.0, 90.1, WORLD, True),
        (0.0, 200.0, WORLD, False),
        (51.1, 171.4, Bounds(170, 50, 172, 52), True),
    ],
)
def test_out_of_bounds_says_whether_the_axes_look_exchanged(lon, lat, bounds, swapped):
    with pytest.raises(OutOfBounds) as refused:
        geo.point(lon, lat, bounds)
    assert refused.value.values == {"swapped": swapped}


@pytest.mark.parametrize(("lon", "lat"), [(-180, -90), (180, 90), (0, 0)])
def test_the_edges_of_the_world_are_in_it(lon, lat):
    assert geo.point(lon, lat).coords[0] == (lon, lat)


@given(lons, lats)
def test_a_point_is_inside_the_bounds_or_refused(lon, lat):
    try:
        geo.point(lon, lat, KAZAKHSTAN)
    except OutOfBounds:
        assert not shapely.box(46.4, 40.5, 87.4, 55.5).covers(Point(lon, lat))
    else:
        assert shapely.box(46.4, 40.5, 87.4, 55.5).covers(Point(lon, lat))


@pytest.mark.parametrize("shape", [Point(76.9, 43.2), LineString([(76, 43), (77, 44)]), box(76, 43, 77, 44)])
def test_a_hazard_is_a_point_a_line_or_an_area(shape):
    stored = geo.hazard_geometry(shape, KAZAKHSTAN)
    assert stored.equals_exact(shape, 0)


@pytest.mark.parametrize(
    "shape",
    [
        Point(),
        Polygon(),
        LineString(),
        MultiPoint([(76, 43)]),
        GeometryCollection([Point(76, 43)]),
        LinearRing([(76, 43), (77, 43), (77, 44)]),
        MultiPolygon([box(76, 43, 77, 44)]),
        LineString([(76, 43), (76, 43)]),
        BOW_TIE,
        Polygon([(76, 43), (77, 44), (76.5, 43.5)]),
    ],
)
def test_empty_many_crossing_and_lengthless_shapes_are_no_hazard(shape):
    with pytest.raises(BadGeometry):
        geo.hazard_geometry(shape)


def test_height_is_dropped():
    line = geo.hazard_geometry(LineString([(76, 43, 700), (77, 44, 900)]))
    assert not line.has_z
    assert list(line.coords) == [(76, 43), (77, 44)]


def test_two_thousand_vertices_are_the_most():
    def zigzag(count: int) -> LineString:
        return LineString([(76 + i / 10_000, 43 + i % 2 / 1000) for i in range(count)])

    assert shapely.get_num_coordinates(geo.hazard_geometry(zigzag(2000))) == 2000
    with pytest.raises(BadGeometry):
        geo.hazard_geometry(zigzag(2001))


def test_every_vertex_of_a_hazard_lies_within_the_bounds():
    with pytest.raises(OutOfBounds):
        geo.hazard_geometry(LineString([(76, 43), (76, 39)]), KAZAKHSTAN)
    with pytest.raises(OutOfBounds) as refused:
        geo.hazard_geometry(LineString([(43, 76), (43.1, 76)]), KAZAKHSTAN)
    assert refused.value.values["swapped"]


def with_bad_number(bad: float) -> Polygon:
    with np.errstate(invalid="ignore"):
        return Polygon([(76, 43), (77, 43), (77, bad), (76, 44)])


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_shape_with_a_vertex_that_is_no_number_is_refused_whole(bad):
    with pytest.raises(BadCoordinates):
        geo.hazard_geometry(with_bad_number(bad))
    with pytest.raises(BadGeometry):
        geo.area_geometry(with_bad_number(bad))


@given(st.lists(st.tuples(st.floats(76, 77), st.floats(43, 44)), min_size=2, max_size=9))
def test_the_label_of_a_line_stands_on_it(corners):
    try:
        line = geo.hazard_geometry(LineString(corners))
    except BadGeometry:
        return
    assert line.distance(geo.label_point(line)) < 1e-9


def test_the_label_of_a_ring_is_not_in_its_hole_and_that_of_a_point_is_itself():
    ring = box(0, 0, 10, 10).difference(box(1, 1, 9, 9))
    assert ring.covers(geo.label_point(ring))
    assert geo.label_point(Point(76, 43)) == Point(76, 43)
    assert geo.label_point(LineString([(0, 0), (0, 1), (0, 10)])) == Point(0, 5)
