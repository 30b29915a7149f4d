"""The goal of the duplicates: our box and exact distance against `geography ST_DWithin`, the same rows in the same run.

The baseline is the same statement with its place condition by `ST_DWithin` on an index of geographies, which is made
for it here; everything else of it is ours, so that only the way to the neighbours is compared. Both run prepared, in
turn, for the same hazards, each planned once: planning takes longer than either and is the same for both. What counts
is the time of the server's processor: a look is so short that the clock on the wall of a busy machine measures its
neighbours.

Decision: hazards lie as densely as in a city, and equally so however many there are (`Country.close_together`). In a
city spread over its oblast nearly no look finds anything; then both ways take what it takes to begin a statement, their
ratio nears 1 from below, and with the number of hazards it changes, although neither way does. What looks with nothing
near take is printed beside the goal. A turn lasts about a second, so that a pause of the machine is a small part of it.
Both have the same plan but for the index; that of geographies holds boxes in space around a thin shell, and of 400,000
about three times as many pages are read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

import click
import psycopg
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.cli.bench_goals import Goal, Server
from app.cli.bench_stage import Stage, undone
from app.models import Hazard, HazardType
from app.queries.duplicates import NEAR, duplicates_of, near_values

ROUNDS, ASKED, MOST = 7, 400, 20
PASSES = 20
"""How often a turn asks for all of them."""
Turn = tuple[tuple[float, float], tuple[float, float]]
"""Theirs and ours, each of the processor and on the wall."""
_BOX = "c.label && ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
_DISTANCE = "ST_Distance(c.label::geography, CAST(:here AS geography)) <= GREATEST(ct.duplicate_radius_m, :radius_m)"
_INDEX = "CREATE INDEX ix_bench_geography ON hazard USING gist ((label::geography))"
Values = dict[str, Any]


def duplicates(stage: Stage) -> Iterator[Goal | str]:
    """One look for duplicates, each way; then what the whole query call of the page takes."""
    stage.admin.execute(_INDEX)
    stage.admin.execute("VACUUM (ANALYZE) hazard")
    with undone(stage.app) as session:
        hazards = _asked(session)
        values = [_values(session, hazard) for hazard in hazards]
        ours, theirs = text(NEAR), text(_by_geography())
        session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        found = [(_rows(session, ours, each), _rows(session, theirs, each)) for each in values]
        if any(one != other for one, other in found):
            raise click.ClickException("the two ways find different duplicates")
        number = sum(len(one) for one, _ in found)
        yield f"figure duplicates found for {len(values)} hazards, both ways the same: {number}"
        turns = _turns(session, theirs, ours, values)
        for what, number in (("server's processor", 0), ("wall, p50", 1)):
            said = ", ".join(f"{base[number]:.3f} {ours[number]:.3f}" for base, ours in turns)
            yield f"figure duplicates, ms, {what}, ST_DWithin and ours: {said}"
        yield Goal("duplicates", [(base[0], ours[0]) for base, ours in turns], 0.6)
        alone = [each for each, (rows, _) in zip(values, found, strict=True) if not rows]
        if alone:
            yield _lonely(_turns(session, theirs, ours, alone), len(alone))
        yield f"figure duplicates of one hazard for its page, ms, p50: {_page(session, hazards):.2f}"


def _turns(session: Session, theirs: Any, ours: Any, values: Sequence[Values]) -> list[Turn]:
    """Theirs and ours in turn, the first turn, which warms what both read, left out."""
    calls = (_timer(session, theirs, values), _timer(session, ours, values))
    return [(calls[0](), calls[1]()) for _ in range(ROUNDS + 1)][1:]


def _lonely(turns: Sequence[Turn], number: int) -> str:
    ratio = median(ours[0] / base[0] for base, ours in turns)
    base, ours = (median(turn[side][0] for turn in turns) for side in (0, 1))
    return f"figure duplicates, the {number} that have none, ms: {base:.3f} {ours:.3f}, ratio {ratio:.3f}"


def _by_geography() -> str:
    """The index is asked for the reach of the group, as the box is; the radius of the pair decides."""
    by_index = "ST_DWithin(c.label::geography, CAST(:here AS geography), :reach_m)"
    assert _BOX in NEAR  # noqa: S101 - else nothing would be compared
    assert _DISTANCE in NEAR  # noqa: S101 - as above
    return NEAR.replace(_BOX, by_index)


def _asked(session: Session) -> list[Hazard]:
    """Open hazards of all kinds, drawn evenly."""
    number = session.scalar(text("SELECT max(id) FROM hazard")) or 1
    ids = [1 + number * each // ASKED for each in range(ASKED)]
    return list(session.scalars(select(Hazard).where(Hazard.id.in_(ids), Hazard.is_open)))


def _values(session: Session, hazard: Hazard) -> Values:
    kind = session.get_one(HazardType, hazard.hazard_type)
    values = near_values(session, hazard, kind, body_id=None, most=MOST)
    reach = text("SELECT max(duplicate_radius_m) FROM hazard_type WHERE type_group = :group")
    return {**values, "reach_m": session.scalar(reach, {"group": kind.group})}


def _rows(session: Session, statement: Any, values: Values) -> Sequence[Any]:
    return [(row.id, round(row.distance_m, 6)) for row in session.execute(statement, values)]


def _timer(session: Session, statement: Any, values: Sequence[Values]) -> Callable[[], tuple[float, float]]:
    """Milliseconds of one look: of the server's processor, and by the clock on the wall (p50); by the driver itself."""
    compiled = statement.compile(session.connection())
    connection: psycopg.Connection = session.connection().connection.driver_connection  # type: ignore[assignment]  # psycopg's
    given = [{name: each[name] for name in compiled.params} for each in values] * PASSES
    server = Server(connection.info.backend_pid)

    def run() -> tuple[float, float]:
        begun = server.seconds()
        wall = median(_timed(connection, str(compiled), each) for each in given)
        return (server.seconds() - begun) / len(given) * 1000, wall

    return run


def _timed(connection: psycopg.Connection, sql: str, values: Values) -> float:
    begun = time.perf_counter()
    connection.execute(sql, values, prepare=True).fetchall()
    return (time.perf_counter() - begun) * 1000


def _page(session: Session, hazards: Sequence[Hazard]) -> float:
    times = []
    for hazard in hazards:
        begun = time.perf_counter()
        duplicates_of(session, hazard, body_id=hazard.body_id)
        times.append((time.perf_counter() - begun) * 1000)
    return median(times)
