"""What strangers may see of a hazard."""

import math
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shapely import Point

from app.domain.hazard import Moderation, Publish, Severity
from app.domain.privacy import is_public, public_place, snap_to_grid

kazakhstan = st.builds(Point, st.floats(46, 88), st.floats(40, 56))


def test_levels_rise_from_low_to_critical():
    assert sorted(Severity, key=lambda level: level.rank) == ["low", "medium", "high", "critical"]


PUBLIC = {
    (Publish.PIN_AT_ONCE, Moderation.PENDING),
    (Publish.PIN_AT_ONCE, Moderation.CLEARED),
    (Publish.AFTER_REVIEW, Moderation.CLEARED),
}


@pytest.mark.parametrize(("publish", "moderation"), list(product(Publish, Moderation)))
def test_a_hazard_is_public_by_its_type_and_its_moderator(publish, moderation):
    assert is_public(publish, moderation, held=False) == ((publish, moderation) in PUBLIC)


@pytest.mark.parametrize(("publish", "moderation"), list(product(Publish, Moderation)))
def test_a_held_hazard_is_never_public(publish, moderation):
    assert not is_public(publish, moderation, held=True)


def metres(one: Point, other: Point) -> float:
    east = (one.x - other.x) * math.cos(math.radians(one.y)) * 111_320
    return math.hypot(east, (one.y - other.y) * 111_320)


@given(kazakhstan)
def test_the_public_place_is_within_half_a_diagonal_of_the_grid(exact):
    """20 m * sqrt(2) / 2, and the sixth decimal."""
    assert metres(exact, snap_to_grid(exact)) <= 14.15 + 0.1


@given(kazakhstan)
def test_snapping_twice_changes_nothing(exact):
    once = snap_to_grid(exact)
    assert snap_to_grid(once) == once


@given(kazakhstan, st.floats(-9.8, 9.8), st.floats(-9.8, 9.8))
def test_all_places_of_a_cell_look_alike(exact, east_m, north_m):
    """Otherwise the snapped place would tell something of the exact one."""
    centre = snap_to_grid(exact)
    lon = centre.x + east_m / (111_320 * math.cos(math.radians(centre.y)))
    assert snap_to_grid(Point(lon, centre.y + north_m / 111_320)) == centre


def test_neighbours_twenty_metres_apart_have_different_places():
    home = Point(76.9, 43.2)
    assert snap_to_grid(home) != snap_to_grid(Point(76.9, 43.2 + 20 / 111_320))


@given(st.floats(-180, 180), st.floats(-90, 90))
@example(180.0, 0.0)
@example(180.0, 0.1)
@example(-180.0, 0.0)
@example(0.0, 90.0)
@example(0.0, -90.0)
def test_a_snapped_place_is_a_place_of_this_world(lon, lat):
    place = snap_to_grid(Point(lon, lat))
    assert -180 <= place.x <= 180
    assert -90 <= place.y <= 90


@given(kazakhstan)
def test_a_danger_that_must_warn_at_once_is_shown_exactly(exact):
    assert public_place(exact, Publish.PIN_AT_ONCE, nearest_on_street=Point(0, 0)) == exact


@given(kazakhstan)
def test_any_other_is_shown_on_the_grid(exact):
    for publish in (Publish.AFTER_REVIEW, Publish.NEVER):
        assert public_place(exact, publish) == snap_to_grid(exact)


def test_a_street_within_reach_draws_the_place_to_itself():
    street = Point(76.9001, 43.2001)
    assert public_place(Point(76.9, 43.2), Publish.AFTER_REVIEW, nearest_on_street=street) == snap_to_grid(street)
