"""The goal of the import: generated points through the import, against a bare COPY of what came of them.

Measured is the import as the command runs it, from HazardRows on (each checked, a transaction for each batch, all
commits); reading the file is not. The baseline copies the very same finished rows into the same four tables, with their
indexes, checks and triggers: one COPY for each table, one transaction, the bytes ready in memory. Both begin with those
tables empty. One point in three has a street at hand, one in twenty a school near by.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
import shapely
from shapely.geometry.base import BaseGeometry

from app.actions.hazard_import import HazardRow, import_hazards
from app.actions.imports import Outcome
from app.cli.bench_data import DAY, type_keys
from app.cli.bench_goals import Goal
from app.cli.bench_stage import Stage
from app.db import transaction
from app.domain.permissions import SYSTEM
from app.models.types import ewkb

PAIRS = 5
TABLES = ("hazard", "assignment", "report", "event")
NOW = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=ZoneInfo("Asia/Almaty"))
SAID = "Құдықтың қақпағы жоқ, балалар жиі жүретін жерде. Қараңғыда көрінбейді."
_COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""
_PLACE = "COPY place (source, external_id, kind, search_key, name_kk, name_ru, name_en, geom) FROM STDIN"
_ASIDE_DEGREES = 0.001
_BLOCK = 1 << 20


def import_speed(stage: Stage, number: int, batch: int) -> Iterator[Goal | str]:
    """Rows a second of both, in turns; the goal is their ratio."""
    points = _points(stage, number)
    _load_places(stage.admin, points)
    rows = _rows(stage, points)
    _imported(stage, rows, batch)
    finished = {table: _finished(stage.admin, table) for table in TABLES}
    yield _what(stage, finished)
    turns = [(_copied(stage, finished, number), _imported(stage, rows, batch)) for _ in range(PAIRS)]
    yield f"figure {number} rows, batches of {batch}, rows/s of bare COPY: {_list([bare for bare, _ in turns])}"
    yield f"figure {number} rows, batches of {batch}, rows/s of the import: {_list([ours for _, ours in turns])}"
    yield Goal("import-to-bare-copy", turns, 0.6, at_least=True)


def _points(stage: Stage, number: int) -> Any:
    """Some on borders and outside, most in cities, in no order."""
    odd = number // 1000, number // 200
    country = stage.country
    parts = country.on_borders(odd[0]), country.outside(odd[1]), country.in_cities(number - sum(odd))
    bounds = stage.policy.bounds
    inside = np.clip(np.concatenate(parts), [bounds.west, bounds.south], [bounds.east, bounds.north])
    return country.rng.permutation(inside)


def _load_places(admin: psycopg.Connection[Any], points: Any) -> None:
    by_the_street = np.array([[[-_ASIDE_DEGREES, 0.0001], [_ASIDE_DEGREES, 0.0001]]])
    streets: Any = shapely.linestrings(points[::3, None] + by_the_street)
    schools: Any = shapely.points(points[::20] + np.array([0, _ASIDE_DEGREES]))
    _copy_places(admin, "street", streets)
    _copy_places(admin, "school", schools)
    admin.execute("ANALYZE place")


def _copy_places(admin: psycopg.Connection[Any], kind: str, shapes: Sequence[BaseGeometry]) -> None:
    with admin.cursor() as cursor, cursor.copy(_PLACE) as copy:
        for n, shape in enumerate(ewkb(shapes)):
            copy.write_row(("bench", f"{kind}-{n}", kind, f"{kind} {n}", kind, kind, kind, shape))


def _rows(stage: Stage, points: Any) -> list[HazardRow]:
    reportable = {code for (code,) in stage.admin.execute("SELECT code FROM hazard_type WHERE reportable")}
    types = [key.code for key in type_keys(stage.admin) if key.code in reportable]
    chosen = stage.country.rng.integers(0, len(types), len(points)).tolist()
    shapes: Any = shapely.points(points)
    return [HazardRow(n, str(n), types[chosen[n]], shape, SAID) for n, shape in enumerate(shapes)]


def _imported(stage: Stage, rows: Sequence[HazardRow], batch: int) -> float:
    """Rows a second."""
    _empty(stage.admin)
    outcome, start = Outcome(), time.perf_counter()
    for first in range(0, len(rows), batch):
        part = rows[first : first + batch]
        with transaction(stage.app) as session:
            import_hazards(session, by=SYSTEM, rows=part, source="bench", policy=stage.policy, now=NOW, outcome=outcome)
    took = time.perf_counter() - start
    if outcome.counts["new"] != len(rows):
        raise AssertionError(f"{outcome.counts['new']} of {len(rows)} imported: {outcome.refused[:3]}")
    return len(rows) / took


def _finished(admin: psycopg.Connection[Any], table: str) -> tuple[str, list[bytes]]:
    """The order that copies a table's rows back, and what it reads."""
    (columns,) = admin.execute(_COLUMNS, [table]).fetchone() or ("",)
    order = f"COPY (SELECT {columns} FROM {table} ORDER BY id) TO STDOUT"  # noqa: S608 - names of our own tables
    with admin.cursor() as cursor, cursor.copy(order) as copy:
        data = b"".join(copy)
    return f"COPY {table} ({columns}) FROM STDIN", [data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK)]


def _copied(stage: Stage, finished: dict[str, tuple[str, list[bytes]]], number: int) -> float:
    """Hazards a second, each with its rows in the other tables."""
    _empty(stage.admin)
    start = time.perf_counter()
    with transaction(stage.app) as session:
        connection: Any = session.connection().connection.driver_connection
        for order, blocks in finished.values():
            with connection.cursor() as cursor, cursor.copy(order) as copy:
                for block in blocks:
                    copy.write(block)
    return number / (time.perf_counter() - start)


def _empty(admin: psycopg.Connection[Any]) -> None:
    admin.execute(f"TRUNCATE {', '.join(TABLES)}, public_data.map_change CASCADE")
    admin.execute("CHECKPOINT")


def _what(stage: Stage, finished: dict[str, tuple[str, list[bytes]]]) -> str:
    counts = {table: stage.admin.execute(f"SELECT count(*) FROM {table}").fetchone() for table in TABLES}  # noqa: S608 - names of our own tables
    megabytes = sum(len(block) for _, blocks in finished.values() for block in blocks) / 1e6
    changes = stage.admin.execute("SELECT count(*) FROM public_data.map_change").fetchone()
    rows = ", ".join(f"{found[0]} {table}" for table, found in counts.items() if found)
    return f"figure finished rows: {rows}, {megabytes:.0f} MB; {changes[0] if changes else 0} changes of the map"


def _list(figures: Sequence[float]) -> str:
    return " ".join(f"{each:.0f}" for each in figures)
