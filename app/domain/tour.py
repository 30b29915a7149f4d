"""The order in which a crew visits its jobs: by how they press (`Press`), and those that press alike by a short way.

Decision: what is not safe and cannot wait (late, critical, somebody hurt) before what is not safe, and that before what
is safe for now, whatever way that costs. Within each of the three nearest insertion and 2-opt, by hand: a crew has at
most some forty stops, and the way is measured as the crow flies; for so small and so rough a question this is within a
few per cent of the best tour, in milliseconds. Turned down: OR-tools (tens of megabytes of solver, whose better tours
would be better only in straight lines, which no street follows), and a street router, which is a service of its own.
The tour is open: nobody must come back. Never longer than the jobs as given, sorted by how they press, since that
order is improved too, and the shorter of both is taken.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

MOST_STOPS = 40
EARTH_M = 6_371_008.8
Place = tuple[float, float]


class Press(IntEnum):
    """How a job presses; the lowest is visited first."""

    NOW = 0
    OPEN = 1
    SAFE = 2


@dataclass(frozen=True)
class Stop:
    """`place`: latitude and longitude, degrees."""

    place: Place
    press: Press = Press.OPEN


def press_of(*, made_safe: bool, overdue: bool, urgent: bool, critical: bool) -> Press:
    """`overdue`: by any clock; `urgent`: somebody was hurt. What is made safe can wait, also if its fix is late."""
    if made_safe:
        return Press.SAFE
    return Press.NOW if overdue or urgent or critical else Press.OPEN


def tour(stops: Sequence[Stop], start: Place | None = None) -> list[int]:
    """Positions in `stops`, in the order of the visit. Without `start` the first that presses most leads.

    Beyond MOST_STOPS of those that press alike the rest follows in the order given.
    """
    given = sorted(range(len(stops)), key=lambda at: stops[at].press)
    if len(given) < 2:
        return given
    begin = start if start is not None else stops[given[0]].place
    head, rest = ([], given) if start is not None else (given[:1], given[1:])
    tried = [_improved(order, stops, begin) for order in (rest, _inserted(rest, stops, begin))]
    return head + min(tried, key=lambda order: length_m(begin, [stops[at].place for at in order]))


def length_m(start: Place, places: Sequence[Place]) -> float:
    """Of the way from `start` through all places, metres."""
    return sum(distance_m(one, other) for one, other in zip([start, *places], places, strict=False))


def distance_m(one: Place, other: Place) -> float:
    """On the great circle, metres (haversine)."""
    lat, lon = math.radians(one[0]), math.radians(one[1])
    to_lat, to_lon = math.radians(other[0]), math.radians(other[1])
    half = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def _inserted(given: Sequence[int], stops: Sequence[Stop], start: Place) -> list[int]:
    """Nearest insertion of those that press alike, from where those before them end."""
    order: list[int] = []
    for press in Press:
        part = [at for at in given if stops[at].press is press]
        begin = stops[order[-1]].place if order else start
        order += _insert(part[:MOST_STOPS], stops, begin) + part[MOST_STOPS:]
    return order


def _insert(part: Sequence[int], stops: Sequence[Stop], start: Place) -> list[int]:
    order: list[int] = []
    left = list(part)
    while left:
        on_the_way = [start, *(stops[at].place for at in order)]
        nearest = min(left, key=lambda at: min(distance_m(stops[at].place, place) for place in on_the_way))
        left.remove(nearest)
        places = [stops[at].place for at in order]
        new = stops[nearest].place
        where = min(range(len(order) + 1), key=lambda gap: length_m(start, [*places[:gap], new, *places[gap:]]))
        order.insert(where, nearest)
    return order


def _improved(given: Sequence[int], stops: Sequence[Stop], start: Place) -> list[int]:
    """2-opt: turn parts of the way round while that shortens it; no part reaches from one `Press` to another."""
    order, better = list(given), True
    while better:
        better = False
        for first in range(min(len(order), len(Press) * MOST_STOPS)):
            for last in range(first + 1, min(len(order), len(Press) * MOST_STOPS)):
                if stops[order[first]].press is not stops[order[last]].press:
                    break
                if _saved_m(order, first, last, stops, start) > 1e-6:
                    order[first : last + 1] = order[first : last + 1][::-1]
                    better = True
    return order


def _saved_m(order: Sequence[int], first: int, last: int, stops: Sequence[Stop], start: Place) -> float:
    """What turning `first`..`last` round saves, metres."""
    before = start if first == 0 else stops[order[first - 1]].place
    one, other = stops[order[first]].place, stops[order[last]].place
    saved = distance_m(before, one) - distance_m(before, other)
    if last + 1 < len(order):
        after = stops[order[last + 1]].place
        saved += distance_m(other, after) - distance_m(one, after)
    return saved
