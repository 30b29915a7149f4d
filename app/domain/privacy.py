"""What the public may see of a hazard, where and when (decisions §11, §12, §14; domain notes §4)."""

import math

from shapely.geometry import Point

from app.domain.geo import METRES_PER_DEGREE
from app.domain.hazard import Moderation, Publish

GRID_M = 20


def is_public(publish: Publish, moderation: Moderation, *, held: bool, review_first: bool = False) -> bool:
    """Whether a hazard may appear at all: a refused or held one never, others by the rule of their type.

    `review_first`: it came in a flood or from what looks like a machine, and waits for a moderator in any case.
    """
    if held or publish is Publish.NEVER or moderation is Moderation.REFUSED:
        return False
    return (publish is Publish.PIN_AT_ONCE and not review_first) or moderation is Moderation.CLEARED


def public_place(exact: Point, publish: Publish, *, nearest_on_street: Point | None = None) -> Point:
    """Where the public sees it: exact for types that must warn at once, else on the street within reach or a 20-m grid.

    `nearest_on_street`: the nearest point of a known street no more than GRID_M away, if there is one.
    """
    if publish is Publish.PIN_AT_ONCE:
        return exact
    return snap_to_grid(nearest_on_street or exact)


def snap_to_grid(exact: Point, size_m: float = GRID_M) -> Point:
    """The centre of the cell of `size_m` metres that holds the point (plate carrée at the cell's own latitude)."""
    step_lat = size_m / METRES_PER_DEGREE
    lat = (math.floor(exact.y / step_lat) + 0.5) * step_lat
    step_lon = size_m / (METRES_PER_DEGREE * max(math.cos(math.radians(lat)), 0.01))
    lon = (math.floor(exact.x / step_lon) + 0.5) * step_lon
    return Point(round(max(-180.0, min(180.0, lon)), 6), round(max(-90.0, min(90.0, lat)), 6))
