"""Lines and areas across borders: nothing lost, nothing counted twice, the largest sum answers."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box

from app.domain.faces import cut
from app.domain.routing import AREA_RANK, AreaHit, Why, assign_pieces
from tests.domain.test_routing import CITY, DISTRICT, MANHOLE, NEIGHBOUR, body, taken

WEST, EAST, WHOLE = box(0, 0, 1, 1), box(1, 0, 3, 1), box(0, 0, 3, 1)
AREAS = [(CITY, WHOLE), (DISTRICT, WEST), (NEIGHBOUR, EAST)]
WEST_BODY, EAST_BODY = body(1, "water_utility", DISTRICT), body(2, "water_utility", NEIGHBOUR)


def sizes(pieces):
    return [(piece.geometry.length, piece.areas) for piece in pieces if piece.areas]


def codes(pieces):
    return {frozenset(hit.code for hit in piece.areas): round(piece.geometry.length, 6) for piece in pieces}


def test_a_line_is_cut_where_it_crosses_a_border():
    pieces = cut(LineString([(0.5, 0.5), (2.5, 0.5)]), AREAS)
    assert codes(pieces) == {
        frozenset({CITY.code, DISTRICT.code}): 0.5,
        frozenset({CITY.code, NEIGHBOUR.code}): 1.5,
    }


def test_the_body_of_the_longest_part_answers_and_the_other_is_named_with_its_share():
    found = assign_pieces(sizes(cut(LineString([(0.5, 0.5), (2.5, 0.5)]), AREAS)), [WEST_BODY, EAST_BODY], MANHOLE)
    assert (taken(found), found.area_id) == (2, NEIGHBOUR.id)
    assert found.trace[0].share == 0.75
    assert [(step.body, step.share) for step in found.trace if step.why is Why.CROSSED] == [(WEST_BODY.body_code, 0.25)]
    assert found.confidence == round(0.7 * 0.75, 2)


def test_two_halves_of_one_company_count_together():
    """Water in two districts, heat in the longest single one: the sum decides, not the piece."""
    third = AreaHit(9, "3", "city_district", AREA_RANK["city_district"])
    areas = [(DISTRICT, box(0, 0, 1, 1)), (NEIGHBOUR, box(1, 0, 2, 1)), (third, box(2, 0, 3.5, 1))]
    water = [body(1, "water_utility", DISTRICT), body(2, "water_utility", NEIGHBOUR, body_id=10)]
    other = body(3, "water_utility", third)
    found = assign_pieces(sizes(cut(LineString([(0, 0.5), (3.5, 0.5)]), areas)), [*water, other], MANHOLE)
    assert found.body_id == 10


def test_a_line_along_a_shared_border_gets_one_body_the_same_each_time():
    border = LineString([(1, 0.1), (1, 0.9)])
    answers = {
        assign_pieces(sizes(cut(border, order)), [EAST_BODY, WEST_BODY], MANHOLE).body_id
        for order in (AREAS, AREAS[::-1])
    }
    assert answers == {WEST_BODY.body_id}


def test_a_part_outside_every_area_is_nobodys_and_the_rest_decides():
    pieces = cut(LineString([(-9, 0.5), (0.5, 0.5)]), AREAS)
    assert {len(piece.areas) for piece in pieces} == {0, 2}
    assert taken(assign_pieces(sizes(pieces), [WEST_BODY], MANHOLE)) == 1


def test_where_no_piece_has_a_body_the_queue_gets_it_with_its_area():
    found = assign_pieces(sizes(cut(LineString([(0.5, 0.5), (2.5, 0.5)]), AREAS)), [], MANHOLE)
    assert (found.body_id, found.area_id) == (None, NEIGHBOUR.id)


def test_touching_in_a_point_or_an_edge_is_no_piece():
    assert [len(piece.areas) for piece in cut(LineString([(0.2, 0.5), (1, 0.5)]), AREAS[1:])] == [1]
    pond = Polygon([(0.2, 0.2), (1, 0.2), (1, 0.8), (0.2, 0.8)])
    assert [piece.areas for piece in cut(pond, AREAS[1:])] == [(DISTRICT,)]


degrees = st.floats(-0.5, 3.5, allow_nan=False).map(lambda x: round(x, 3))


@pytest.mark.parametrize("kind", ["line", "area"])
@given(data=st.data())
def test_pieces_sum_to_the_whole(kind, data):
    points = data.draw(st.lists(st.tuples(degrees, degrees), min_size=3, max_size=6, unique=True))
    shape = LineString(points) if kind == "line" else Polygon(points)
    assume(shape.is_valid and shape.is_simple and (shape.area > 1e-6 or kind == "line"))
    measure = (lambda g: g.length) if kind == "line" else (lambda g: g.area)
    pieces = cut(shape, AREAS)
    assert sum(measure(piece.geometry) for piece in pieces) == pytest.approx(measure(shape), rel=1e-6)
