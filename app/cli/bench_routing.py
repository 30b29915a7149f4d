"""The goals of routing: one assignment, the dry run of all hazards, and moving only what differs."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

from shapely.geometry import Point
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from app.actions.reroute import move_batch, start_reroute
from app.actions.reroute_preview import decided_row, fill_moves, preview_reroute
from app.actions.routing import decide
from app.cli.bench_data import AFTER, DAY, type_keys
from app.cli.bench_goals import Goal, Server, Took, percentile
from app.cli.bench_stage import Stage, undone
from app.domain.permissions import SYSTEM
from app.domain.routing import AKIMAT_KINDS, TypeKey
from app.models import RerouteRun
from app.queries import candidates, reroute
from app.queries.cover import reach
from app.queries.rule_book import rule_book

PAIRS = 5
TURN_S = 3.0
SLOWEST_S = 0.002
BY_PARTS = """
SELECT DISTINCT a.id FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS g) pt
  JOIN area_part p ON ST_Intersects(p.geom, pt.g) JOIN area a ON a.id = p.area_id
 WHERE daterange(a.valid_from, a.valid_until) @> CAST(%(day)s AS date)
"""
BY_WHOLES = """
SELECT a.id FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS g) pt
  JOIN area a ON ST_Contains(a.geom, pt.g)
 WHERE daterange(a.valid_from, a.valid_until) @> CAST(%(day)s AS date)
"""
BARE = """
SELECT h.id, p.area_id FROM hazard h JOIN area_part p ON ST_Intersects(p.geom, h.label) WHERE h.id <= :hazards
"""
OUTER = """
SELECT inside.id, p.area_id FROM area_part p
 CROSS JOIN LATERAL (SELECT h.id FROM hazard h
                      WHERE ST_Intersects(p.geom, h.label) AND h.id <= :hazards OFFSET 0) inside
"""
ROW_BY_ROW = """
SELECT count(found.body_id)
  FROM hazard h JOIN hazard_type t ON t.code = h.hazard_type
 CROSS JOIN LATERAL (
   SELECT r.body_id
     FROM (SELECT DISTINCT a.code, a.rank FROM area_part p JOIN area a ON a.id = p.area_id
            WHERE ST_Intersects(p.geom, h.label)
              AND daterange(a.valid_from, a.valid_until) @> CAST(%(day)s AS date)) hit
     JOIN responsibility r ON r.area_code = hit.code
     JOIN body b ON b.id = r.body_id AND b.active
    WHERE daterange(r.valid_from, r.valid_until) @> CAST(%(day)s AS date)
      AND (r.hazard_type = h.hazard_type OR r.type_group = t.type_group
           OR (r.hazard_type IS NULL AND r.type_group IS NULL AND b.kind = ANY (t.responsible || %(akimats)s)))
    ORDER BY r.hazard_type, r.type_group, array_position(t.responsible, b.kind), hit.rank DESC, r.rank, b.code, r.id
    LIMIT 1 OFFSET 0) found
 WHERE h.id <= %(rows)s
"""


_FOR_EQUALITY = """
SELECT h.id, ST_X(h.label), ST_Y(h.label), h.hazard_type, h.hints, h.body_id,
       ARRAY(SELECT a.id FROM area a WHERE ST_Covers(a.geom, h.label))
  FROM hazard h WHERE h.id = ANY (%s)
"""


class Lookup:
    """FIND, asked for one point after another by psycopg alone: the bare SQL look-up; and the whole assignment.

    Each by the clock on the wall and by the processor's time, of client and server: the latter does not count how long
    others were let through.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.find = str(candidates.FIND.compile(dialect=postgresql.psycopg.dialect()))
        self.types = {key.code: key for key in type_keys(stage.admin)}
        rows = stage.admin.execute("SELECT ST_X(label), ST_Y(label), hazard_type FROM hazard TABLESAMPLE SYSTEM (20)")
        self.hazards = [(Point(x, y), self.types[code]) for x, y, code in rows.fetchmany(20_000)]

    def bare(self, sql: str) -> list[Took]:
        """Each look-up of a turn."""
        connection = self.stage.app.raw_connection()
        try:
            cursor = connection.driver_connection.cursor()  # type: ignore[union-attr]  # it is connected
            server = Server(connection.driver_connection.info.backend_pid)  # type: ignore[union-attr]  # as above
            return self._turn(server, lambda place, key: cursor.execute(sql, self.values(place, key)).fetchall())
        finally:
            connection.close()

    def decided(self) -> list[Took]:
        """Each assignment of a turn, as intake does it."""
        with undone(self.stage.app) as session:
            server = Server(session.scalar(text("SELECT pg_backend_pid()")) or 0)
            return self._turn(server, lambda place, key: _decide(session, self.stage, place, key, {}))

    def values(self, place: Point, key: TypeKey) -> dict[str, Any]:
        """What FIND takes."""
        kinds = [*key.responsible, *AKIMAT_KINDS]
        near = reach(self.stage.policy.tolerance_m)
        return {
            "lon": place.x,
            "lat": place.y,
            "day": DAY,
            "type": key.code,
            "group": key.group,
            "kinds": kinds,
            **near,
        }

    def _turn(self, server: Server, ask: Callable[[Point, TypeKey], Any]) -> list[Took]:
        took, until = [], time.perf_counter() + TURN_S
        for place, key in random.sample(self.hazards, len(self.hazards)):
            start, busy = time.perf_counter(), server.seconds() + time.thread_time()
            ask(place, key)
            end = time.perf_counter()
            took.append(Took(end - start, server.seconds() + time.thread_time() - busy))
            if end > until:
                break
        return took[10:]


def one_assignment(stage: Stage) -> Iterator[Goal | str]:
    """p99 of one assignment against 2 ms and the bare look-up; of finding its areas by parts against whole polygons."""
    lookup = Lookup(stage)
    turns = [
        (lookup.bare(BY_WHOLES), lookup.bare(BY_PARTS), lookup.bare(lookup.find), lookup.decided())
        for _ in range(PAIRS)
    ]
    for clock in ("wall", "busy"):
        for at, name in enumerate(("areas by wholes", "areas by parts", "bare look-up", "assignment")):
            times = [getattr(each, clock) for turn in turns for each in turn[at]]
            shares = " ".join(f"p{100 * share:g} {1000 * percentile(times, share):.3f}" for share in (0.5, 0.9, 0.99))
            yield f"figure {name}, {clock} ms: {shares} of {len(times)}"
        p99 = [[percentile([getattr(each, clock) for each in took], 0.99) for took in turn] for turn in turns]
        yield Goal(f"assignment-p99-of-2ms-{clock}", [(SLOWEST_S, act) for *_, act in p99], 1)
        yield Goal(f"assignment-to-bare-lookup-{clock}", [(bare, act) for *_, bare, act in p99], 1.5)
        yield Goal(f"assignment-parts-to-wholes-{clock}", [(wholes, parts) for wholes, parts, *_ in p99], 0.5)


def same_bodies(stage: Stage, most: int = 3000) -> str:
    """Raises AssertionError unless every path names one body: set-wise, one by one, and by whole polygons."""
    odd = random.sample(stage.odd, min(most // 2, len(stage.odd)))
    ids = [*odd, *random.sample(range(1, stage.number + 1), most - len(odd))]
    kinds = {key.code: key for key in type_keys(stage.admin)}
    rows = stage.admin.execute(_FOR_EQUALITY, [ids]).fetchall()
    with undone(stage.app) as session:
        book = rule_book(session, DAY)
        for number, x, y, code, hints, body, wholes in rows:
            bodies = {body, _decide(session, stage, Point(x, y), kinds[code], hints)}
            if wholes:
                bodies.add(book.decide(wholes, (), code, hints).body_id)
            if len(bodies) > 1:
                raise AssertionError(f"hazard {number} has {bodies}")
    return f"equal {len(rows)} hazards by every path, {len(odd)} of them on borders or outside"


def dry_run(stage: Stage) -> Iterator[Goal | str]:
    """A preview of all, against the join as anybody would write it and against deciding row by row.

    Those two go hazard by hazard, so that a part of the hazards is measured and multiplied. The join that we use
    ourselves, by itself, is printed too.
    """
    many, some = max(stage.number // 5, 1000), max(stage.number // 20, 1000)
    turns = [
        (_kept(stage, BARE, many), _row_by_row(stage, some), _kept(stage, OUTER, stage.number), _preview(stage))
        for _ in range(PAIRS)
    ]
    bare, by_row, outer, dry = ([turn[at] for turn in turns] for at in range(4))
    yield f"figure seconds: bare join of {many} {_list(bare)}; row by row of {some} {_list(by_row)}"
    yield f"figure seconds for {stage.number}: dry run {_list(dry)}; polygons outside, join only {_list(outer)}"
    yield Goal(
        "dry-run-to-bare-join", [(stage.number / many * slow, fast) for slow, fast in zip(bare, dry, strict=True)], 1.5
    )
    ratios = sorted(fast / slow for slow, fast in zip(outer, dry, strict=True))
    yield f"figure dry run to our own join alone, ratio {median(ratios):.2f} min {ratios[0]:.2f} max {ratios[-1]:.2f}"
    speeds = [(some / slow, stage.number / fast) for slow, fast in zip(by_row, dry, strict=True)]
    yield Goal("reroute-to-row-by-row", speeds, 3, at_least=True)


def diff_update(stage: Stage) -> Iterator[Goal | str]:
    """Preview and move what differs, against moving every hazard by the same code."""
    turns = [(_rerouted(stage, everything=True), _rerouted(stage, everything=False)) for _ in range(PAIRS)]
    moved = turns[0][1][1]
    yield f"figure moved {moved} of {stage.number} ({100 * moved / stage.number:.1f} %)"
    yield f"figure seconds: all {_list([a[0] for a, _ in turns])}; only what differs {_list([d[0] for _, d in turns])}"
    yield Goal("diff-update-to-rewriting-all", [(a[0], d[0]) for a, d in turns], 0.25)


def _decide(session: Session, stage: Stage, place: Point, key: TypeKey, hints: Mapping[str, str]) -> int | None:
    policy = stage.policy
    return decide(session, shape=place, hazard_type=key, hints=hints, policy=policy, day=DAY).body_id


def _kept(stage: Stage, join: str, hazards: int) -> float:
    """Seconds of a join, its pairs kept in a table."""
    with undone(stage.app) as session:
        order = text(f"CREATE TEMPORARY TABLE kept AS {join}")
        return _seconds(lambda: session.execute(order, {"hazards": hazards}))


def _row_by_row(stage: Stage, rows: int) -> float:
    values = {"day": DAY, "akimats": list(AKIMAT_KINDS), "rows": rows}
    return _seconds(lambda: stage.admin.execute(ROW_BY_ROW, values).fetchall())


def _preview(stage: Stage) -> float:
    with undone(stage.app) as session:
        return _seconds(lambda: _run(session, stage))


def _run(session: Session, stage: Stage) -> RerouteRun:
    policy, now = stage.policy, datetime.now(UTC)
    return preview_reroute(session, by=SYSTEM, as_of=AFTER, forced=False, reason="bench", policy=policy, now=now)


def _rerouted(stage: Stage, *, everything: bool) -> tuple[float, int]:
    """Seconds, and how many were moved."""
    policy, now = stage.policy, datetime.now(UTC)
    with undone(stage.app) as session:
        start, moved = time.perf_counter(), 0
        run = _run(session, stage)
        if everything:
            _name_all(session, run)
        start_reroute(session, by=SYSTEM, run_id=run.id)
        while number := move_batch(session, run_id=run.id, policy=policy, now=now):
            moved += number
        return time.perf_counter() - start, moved


def _name_all(session: Session, run: RerouteRun) -> None:
    """Let the run move every hazard, to whoever is decided."""
    session.execute(text("DELETE FROM reroute_move WHERE run_id = :run_id"), {"run_id": run.id})
    session.execute(text("TRUNCATE reroute_decision"))
    book = rule_book(session, AFTER)
    for part in reroute.combinations(session):
        rows = [(each, book.decide(each.areas, each.nearness, each.hazard_type, each.hints)) for each in part]
        reroute.keep_decisions(session, [decided_row(each, decision, each.bodies) for each, decision in rows])
    fill_moves(session, run.id)


def _seconds(what: Callable[[], Any]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def _list(seconds: Sequence[float]) -> str:
    return " ".join(f"{each:.2f}" for each in seconds)
