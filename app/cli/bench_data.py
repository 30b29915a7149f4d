"""Data to measure with: a seeded country of nested polygons, rules for them, and hazards in twenty cities.

Decision: neighbours share their borders vertex for vertex, and every larger unit runs along borders of smaller ones, as
real units do: then points lie on borders of four units at once. Service areas lie across. Turned down: random polygons,
among which nothing is nested and no border is shared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import psycopg
import shapely

from app.domain.hazard import Status
from app.domain.hints import ASKED_BY, VALUES, Hint
from app.domain.references import ALPHABET
from app.domain.routing import AKIMAT_KINDS, AREA_RANK, TypeKey
from app.models.types import SRID

START = date(2020, 1, 1)
DAY = date(2026, 11, 24)
AFTER = DAY + timedelta(days=1)
"""The day from which rules that move about one hazard in twenty are in force."""
CELLS = 48
EDGE = 60
"""Vertices of a border between two smallest units."""
LEVELS = ((1, "rural_okrug"), (2, "city"), (6, "rayon"), (12, "oblast"))
"""Side of a unit in smallest units, and its kind."""
SERVICE_AREAS = 40
SERVICE_VERTICES = 5_000
RULES_PER_AREA = 7
OTHERS = 600
"""Bodies that are no akimats."""
CITIES = 20
SPREAD = (0.4, 0.25)
"""How far around its centre the hazards of a city lie, standard deviation in degrees: 28 km, a city and its oblast."""
CLOSE = (0.07, 0.045)
"""About 5 km: a city alone."""
CLOSE_HAZARDS = 50_000
"""Of such a city; 320 to a square kilometre of its centre."""
WEST, SOUTH, EAST, NORTH = 46.5, 40.6, 87.3, 55.4
Array = Any


@dataclass(frozen=True)
class Unit:
    """An area to be loaded, and its outline."""

    code: str
    kind: str
    ring: Array


class Country:
    """Borders on a jittered grid; the same seed gives the same country."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        step = np.array([(EAST - WEST) / CELLS, (NORTH - SOUTH) / CELLS])
        column, row = np.meshgrid(np.arange(CELLS + 1), np.arange(CELLS + 1), indexing="ij")
        grid = np.stack([column, row], axis=-1)
        self.nodes = np.array([WEST, SOUTH]) + step * (grid + self.rng.uniform(-0.15, 0.15, grid.shape))
        self.cities = self.rng.uniform([WEST + 3, SOUTH + 2], [EAST - 3, NORTH - 2], (CITIES, 2))
        self.spread = SPREAD
        self.across = self._borders(self.nodes[:-1], self.nodes[1:])
        self.up = self._borders(self.nodes[:, :-1], self.nodes[:, 1:])

    def units(self) -> Iterator[Unit]:
        """About 3,000 polygons in four nested levels, and service areas across them."""
        for side, kind in LEVELS:
            for column in range(0, CELLS, side):
                for row in range(0, CELLS, side):
                    yield Unit(f"{kind}-{column}-{row}", kind, self._ring(column, row, side))
        for number in range(SERVICE_AREAS):
            yield Unit(f"service-{number}", "service_area", self._blob())

    def on_borders(self, number: int) -> Array:
        """Points that are vertices of shared borders; some are corners of four units."""
        vertices = np.concatenate([self.across.reshape(-1, 2), self.up.reshape(-1, 2)])
        return vertices[self.rng.integers(0, len(vertices), number)]

    def outside(self, number: int) -> Array:
        """Points up to about 500 m beyond the western border."""
        west = self.up[0].reshape(-1, 2)
        return west[self.rng.integers(0, len(west), number)] - self.rng.uniform(0, [0.006, 0], (number, 2))

    def in_cities(self, number: int) -> Array:
        """Points around the centres, most of them within 50 km, one in fifty anywhere."""
        centres = self.cities[self.rng.integers(0, len(self.cities), number)]
        points = centres + self.rng.normal(0, self.spread, (number, 2))
        anywhere = self.rng.uniform(size=number) < 0.02
        points[anywhere] = self.rng.uniform([WEST + 1, SOUTH + 1], [EAST - 1, NORTH - 1], (anywhere.sum(), 2))
        return points

    @contextmanager
    def elsewhere(self, times: int) -> Iterator[None]:
        """`times` as many other cities during the block: the country fills up, and no city becomes denser."""
        here = self.cities
        low, high = [WEST + 3, SOUTH + 2], [EAST - 3, NORTH - 2]
        self.cities = self.rng.uniform(low, high, (times * CITIES, 2))
        yield
        self.cities = here

    @contextmanager
    def close_together(self, number: int) -> Iterator[None]:
        """Cities alone during the block, so many that `number` hazards lie as densely as any other number would."""
        here, self.spread = self.cities, CLOSE
        low, high = [WEST + 3, SOUTH + 2], [EAST - 3, NORTH - 2]
        self.cities = self.rng.uniform(low, high, (max(1, round(number / CLOSE_HAZARDS)), 2))
        yield
        self.cities, self.spread = here, SPREAD

    def _borders(self, start: Array, end: Array) -> Array:
        """Wavy lines from `start` to `end`, EDGE vertices each, both ends included."""
        along = np.linspace(0, 1, EDGE)[:, None]
        start, way = start[..., None, :], (end - start)[..., None, :]
        waves = self.rng.uniform(-0.02, 0.02, (*start.shape[:-2], 8)) / np.arange(1, 9) ** 0.5
        offset = (waves @ np.sin(np.pi * np.arange(1, 9)[:, None] * along.T))[..., None]
        return start + way * along + offset * way[..., ::-1] * np.array([-1, 1])

    def _ring(self, column: int, row: int, side: int) -> Array:
        last_column, last_row = column + side, row + side
        parts = (
            self.across[column:last_column, row],
            self.up[last_column, row:last_row],
            self.across[column:last_column, last_row][::-1, ::-1],
            self.up[column, row:last_row][::-1, ::-1],
        )
        return np.concatenate([part[:, :-1].reshape(-1, 2) for part in parts])

    def _blob(self) -> Array:
        angle = np.linspace(0, 2 * np.pi, SERVICE_VERTICES, endpoint=False)
        orders = np.arange(2, 40)
        waves = self.rng.uniform(-0.08, 0.08, len(orders)) @ np.sin(np.outer(orders, angle) + orders[:, None])
        centre = self.rng.uniform([WEST + 4, SOUTH + 3], [EAST - 4, NORTH - 3])
        size = self.rng.uniform(0.5, 2.5)
        return centre + size * (1 + 0.3 * waves)[:, None] * np.stack([1.5 * np.cos(angle), np.sin(angle)], axis=-1)


def load_rules(connection: psycopg.Connection, country: Country) -> dict[str, int]:
    """Areas, bodies and responsibilities; how many of each. The reference data must be there."""
    units = list(country.units())
    rows = ((u.code, u.kind, AREA_RANK[u.kind], *[u.code] * 3, START, _multipolygon(u.ring)) for u in units)
    _copy(connection, "area (code, kind, rank, name_kk, name_ru, name_en, valid_from, geom)", rows)
    kinds = [row[0] for row in connection.execute("SELECT code FROM body_kind ORDER BY code")]
    bodies = _copy(connection, "body (code, kind, name_kk, name_ru, name_en)", _bodies(country.rng, units, kinds))
    by_code: dict[str, int] = dict(connection.execute("SELECT code, id FROM body").fetchall())
    types = type_keys(connection)
    rules = _copy(
        connection,
        "responsibility (body_id, area_code, hazard_type, type_group, hint, hint_value, rank, valid_from)",
        _rules(country.rng, units, types, by_code),
    )
    connection.execute("ANALYZE")
    return {"areas": len(units), "bodies": bodies, "responsibilities": rules}


def load_hazards(connection: psycopg.Connection, country: Country, first: int, number: int) -> list[int]:
    """`number` hazards, ids from `first`, nobody answers for them yet; the ids of those on borders and outside."""
    odd = max(number // 1000, 50), max(number // 200, 50)
    parts = country.on_borders(odd[0]), country.outside(odd[1]), country.in_cities(number - sum(odd))
    types = type_keys(connection)
    chosen = country.rng.integers(0, len(types), number).tolist()
    dice = country.rng.uniform(size=(number, 2)).tolist()
    places = enumerate(_ewkb(shapely.points(np.concatenate(parts))))
    rows = (_hazard(first + i, types[chosen[i]], place, dice[i]) for i, place in places)
    _copy(connection, f"hazard ({_HAZARD})", rows)
    return list(range(first, first + sum(odd)))


_HAZARD = (
    "id, reference, hazard_type, geom, label, public_place, hints,"
    " status, severity, severity_why, received_at, received_day"
)
_SAME = (Status.RECEIVED.value, "high", "[]", "2026-11-20 10:00+00", "2026-11-20")


def _hazard(number: int, key: TypeKey, place: str, dice: Sequence[float]) -> tuple[Any, ...]:
    return (number, reference(number), key.code, place, place, place, _hints(key, *dice), *_SAME)


def type_keys(connection: psycopg.Connection) -> list[TypeKey]:
    """All 36 types of the taxonomy."""
    rows = connection.execute("SELECT code, type_group, responsible, ask FROM hazard_type ORDER BY code")
    return [TypeKey(code, group, tuple(responsible), tuple(ask)) for code, group, responsible, ask in rows]


def reference(number: int) -> str:
    """Eight letters that only look like a reference."""
    letters = ""
    for _ in range(8):
        number, digit = divmod(number, len(ALPHABET))
        letters = ALPHABET[digit] + letters
    return letters


def _bodies(rng: np.random.Generator, units: Sequence[Unit], kinds: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """An akimat for each unit, 600 others, and one that takes over tomorrow."""
    for unit in units:
        kind = {"rural_okrug": AKIMAT_KINDS[0], "rayon": AKIMAT_KINDS[1]}.get(unit.kind, AKIMAT_KINDS[2])
        yield (f"akimat-{unit.code}", kind, *[unit.code] * 3)
    others = [kind for kind in kinds if kind not in AKIMAT_KINDS]
    for number in range(OTHERS):
        yield (f"body-{number}", others[rng.integers(0, len(others))], *[f"body-{number}"] * 3)
    yield ("successor", "contractor", *["successor"] * 3)


def _rules(
    rng: np.random.Generator, units: Sequence[Unit], types: Sequence[TypeKey], by_code: dict[str, int]
) -> Iterator[tuple[Any, ...]]:
    """For each unit its akimat, a few bodies by kind, type, group and hint; tomorrow's for two types of 36."""
    groups = sorted({key.group for key in types})
    for unit in units:
        yield (by_code[f"akimat-{unit.code}"], unit.code, None, None, None, None, 100, START)
        drawn = {_drawn(rng, types, groups) for _ in range(RULES_PER_AREA - 1)}
        for body, *rest in sorted(drawn, key=str):
            yield (by_code[str(body)], unit.code, *rest, int(rng.integers(1, 200)), START)
        if unit.kind == "oblast":
            for key in types[::18]:
                yield (by_code["successor"], unit.code, key.code, None, None, None, 0, AFTER)


def _drawn(rng: np.random.Generator, types: Sequence[TypeKey], groups: Sequence[str]) -> tuple[str | None, ...]:
    """Body, type, group, hint and its value: half by kind, the others by type, type and hint, or group."""
    form = int(rng.integers(0, 6))
    kind = types[int(rng.integers(0, len(types)))].code if form in {3, 4} else None
    group = groups[int(rng.integers(0, len(groups)))] if form == 5 else None
    network = VALUES[Hint.NETWORK][int(rng.integers(0, 7))]
    return (
        f"body-{rng.integers(0, OTHERS)}",
        kind,
        group,
        *((Hint.NETWORK.value, network) if form == 4 else (None, None)),
    )


def _hints(key: TypeKey, *dice: float) -> str:
    """What one reporter in three saw of what the type asks."""
    asked = [ASKED_BY[question] for question in key.ask if question in ASKED_BY]
    hints = [hint for hint in asked if hint in VALUES]
    if not hints or dice[0] > 0.33:
        return "{}"
    hint = hints[int(dice[0] * 3 * len(hints)) % len(hints)]
    return json.dumps({hint.value: VALUES[hint][int(dice[1] * len(VALUES[hint]))]})


def _multipolygon(ring: Array) -> str:
    return str(_ewkb(shapely.MultiPolygon([shapely.Polygon(ring)])))


def _ewkb(shapes: Any) -> Any:
    return shapely.to_wkb(shapely.set_srid(shapes, SRID), hex=True, include_srid=True)


def _copy(connection: psycopg.Connection, into: str, rows: Iterator[tuple[Any, ...]]) -> int:
    """COPY the rows; how many."""
    number = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
            number += 1
    return number
