"""Where all hazards lie, a million at once: combinations of areas, type and hints, each to be decided once.

The rows stay in the database, in temporary tables of the transaction; only combinations come to Python, as a stream.
Turned down: Shapely in memory, faster by half, which holds a million rows and decides with a copy of the borders.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.domain.errors import BordersBusy
from app.models import RerouteRun
from app.models.types import geometry as geometry_type
from app.queries.cover import HOLD_STILL, covered, nearby, reach

WORK_MEM = "64MB"
"""For sorting: what does not fit goes to disk, so that memory does not grow with the number of hazards."""
MAY_MOVE = """
  h.is_open AND (:forced OR (h.status IN ('received', 'assigned') AND NOT h.settled
                             AND (h.basis IS NULL OR NOT (h.basis IN ('confirmed_by_body', 'by_decision')
                                                          OR (h.basis = 'default_triage' AND h.refusals > 0)))))
"""
"""Open, not taken on, and not where a person put it: the body itself, who forwarded it, the arbiter, two refusals."""

_NOT_LONG = text("SET LOCAL lock_timeout = '3s'")
_PLACES = text(f"""
CREATE TEMPORARY TABLE reroute_place ON COMMIT DROP AS
WITH covered AS ({covered("hazard", "id")})
SELECT h.id, h.hazard_type, h.hints, coalesce(h.body_id, 0) AS body_id, coalesce(c.areas, '{{}}') AS areas,
       CAST('{{}}' AS integer[]) AS nearness, CASE WHEN c.id IS NULL THEN h.label END AS label,
       CASE WHEN ST_Dimension(h.geom) > 0 THEN h.geom END AS shape
  FROM hazard h LEFT JOIN covered c ON c.id = h.id
 WHERE {MAY_MOVE}
""")  # noqa: S608 - constants of this file
_NEARBY = text(f"""
UPDATE reroute_place place SET areas = near.areas, nearness = near.nearness
  FROM ({nearby("reroute_place", "id", where="s.label IS NOT NULL AND s.shape IS NULL")}) AS near
 WHERE near.id = place.id
""")  # noqa: S608 - constants of this file
_COMBINATIONS = text("""
DECLARE reroute_combination NO SCROLL CURSOR FOR
SELECT areas, nearness, hazard_type, hints, array_agg(body_id) AS bodies
  FROM (SELECT DISTINCT areas, nearness, hazard_type, hints, body_id
          FROM reroute_place WHERE shape IS NULL) AS combination
 GROUP BY areas, nearness, hazard_type, hints
""")
_SOME = text("FETCH 1000 FROM reroute_combination")
"""A cursor of our own: SQLAlchemy's streams keep what they have read, a kilobyte for each row."""
_DECISIONS = text("""
CREATE TEMPORARY TABLE reroute_decision (
  areas bigint[], nearness integer[], hazard_type text, hints jsonb, bodies integer[],
  to_body_id integer, area_id bigint, basis text, confidence double precision, trace jsonb
) ON COMMIT DROP
""")
_HASH = text("SELECT set_config('enable_sort', 'off', true), set_config('enable_mergejoin', 'off', true)")
"""From here on few combinations meet many hazards: to hash them is several times faster than to sort a million rows by
lists of areas, which the planner cannot know of tables that it has just met. For this transaction only."""
_COPY = "COPY reroute_decision FROM STDIN"
_COPY_TYPES = ("int8[]", "int4[]", "text", "jsonb", "int4[]", "int4", "int8", "text", "float8", "jsonb")
_SHAPES = text("""
SELECT id, shape, hazard_type, hints, nullif(body_id, 0) AS body_id FROM reroute_place WHERE shape IS NOT NULL
""").columns(shape=geometry_type())
_SUMMARY = text("""
SELECT m.from_body_id, m.to_body_id, count(*) AS hazards, count(*) FILTER (WHERE m.outcome = 'moved') AS moved,
       count(*) FILTER (WHERE m.outcome = 'passed') AS passed
  FROM reroute_move m WHERE m.run_id = :run_id
 GROUP BY m.from_body_id, m.to_body_id ORDER BY count(*) DESC, m.from_body_id NULLS FIRST, m.to_body_id NULLS FIRST
""")
_SAMPLES = text("""
SELECT s.from_body_id, s.to_body_id, s.hazard_id, h.label
  FROM (SELECT m.*, row_number() OVER (PARTITION BY m.from_body_id, m.to_body_id ORDER BY m.hazard_id) AS nth
          FROM reroute_move m WHERE m.run_id = :run_id) s
  JOIN hazard h ON h.id = s.hazard_id AND NOT h.held
 WHERE s.nth <= :samples ORDER BY s.hazard_id
""").columns(label=geometry_type("POINT"))


@dataclass(frozen=True)
class Combination:
    """What a decision depends on. `nearness`: see RuleBook.decide; `bodies`: who answers there now, 0 for nobody."""

    areas: tuple[int, ...]
    nearness: tuple[int, ...]
    hazard_type: str
    hints: dict[str, str]
    bodies: tuple[int, ...]


@dataclass(frozen=True)
class MovingShape:
    """A line or an area that may move: decided one by one."""

    id: int
    geom: BaseGeometry
    hazard_type: str
    hints: dict[str, str]
    body_id: int | None


@dataclass(frozen=True)
class Flow:
    """How many hazards go from a body to another (None: the queue), how many of them have; exact sample places."""

    from_body_id: int | None
    to_body_id: int | None
    hazards: int
    moved: int
    passed: int
    samples: tuple[Point, ...]


def has_borders(session: Session, day: date) -> bool:
    """Whether any area is valid on `day`: without borders everything would go to nobody."""
    return (
        session.scalar(
            text("SELECT EXISTS (SELECT FROM area WHERE daterange(valid_from, valid_until) @> :day)"), {"day": day}
        )
        is True
    )


def open_hazards(session: Session, *, up_to: int) -> int:
    """How many hazards are open, counted no further than `up_to`."""
    counted = text("SELECT count(*) FROM (SELECT FROM hazard WHERE is_open LIMIT :up_to) AS found")
    return int(session.scalar(counted, {"up_to": up_to}) or 0)


def last_change(session: Session) -> int:
    """The newest entry of what administrators changed. By number and not by time: an import that began before us and
    ends after carries the time of its beginning.
    """
    return int(session.scalar(text("SELECT coalesce(max(id), 0) FROM audit_entry")) or 0)


def borders_version(session: Session) -> int:
    """Grows with every outline that is made or changed: its parts are cut anew, under new numbers."""
    return int(session.scalar(text("SELECT coalesce(max(id), 0) FROM area_part")) or 0)


def lay_out(session: Session, *, day: date, forced: bool, tolerance_m: float) -> int:
    """Find the areas of all hazards that may move; how many they are. The table lives as long as the transaction.

    Raises BordersBusy while somebody imports or edits borders or rules for longer than three seconds.
    """
    session.execute(text("DROP TABLE IF EXISTS reroute_place, reroute_decision"))
    session.execute(_NOT_LONG)
    try:
        session.execute(HOLD_STILL)
    except OperationalError as error:
        raise BordersBusy() from error
    session.execute(text("SELECT set_config('work_mem', :size, true)"), {"size": WORK_MEM})
    number = session.execute(_PLACES, {"day": day, "forced": forced}).rowcount  # type: ignore[attr-defined] # of a CREATE AS
    session.execute(text("ANALYZE reroute_place"))
    session.execute(_NEARBY, {"day": day} | reach(tolerance_m))
    session.execute(_DECISIONS)
    session.execute(_HASH)
    return int(number)


def combinations(session: Session) -> Iterator[list[Combination]]:
    """All distinct ones, a thousand at a time, from a cursor in the database."""
    session.execute(_COMBINATIONS)
    while rows := session.execute(_SOME).all():
        yield [Combination(tuple(r.areas), tuple(r.nearness), r.hazard_type, r.hints, tuple(r.bodies)) for r in rows]
    session.execute(text("CLOSE reroute_combination"))


def keep_decisions(session: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows as in `reroute_decision`, the trace last, as lists."""
    connection: Any = session.connection().connection.driver_connection
    assert isinstance(connection, Connection)  # noqa: S101 - the only driver we have
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types(_COPY_TYPES)
        for row in rows:
            copy.write_row(tuple(Jsonb(cell) if at in {3, 9} else cell for at, cell in enumerate(row)))


def moving_shapes(session: Session) -> list[MovingShape]:
    """Lines and areas among them; they are few."""
    return [MovingShape(*row) for row in session.execute(_SHAPES)]


def reroute_run(session: Session, run_id: int) -> RerouteRun | None:
    return session.get(RerouteRun, run_id)


def reroute_runs(session: Session, *, most: int = 50) -> Sequence[RerouteRun]:
    """The newest runs first."""
    return session.scalars(select(RerouteRun).order_by(RerouteRun.id.desc()).limit(most)).all()


def reroute_summary(session: Session, run_id: int, *, samples: int = 20) -> list[Flow]:
    """From whom to whom a run moves how many, the largest flow first, each with some places for a map."""
    places: dict[tuple[int | None, int | None], list[Point]] = {}
    for row in session.execute(_SAMPLES, {"run_id": run_id, "samples": samples}):
        places.setdefault((row.from_body_id, row.to_body_id), []).append(row.label)
    rows = session.execute(_SUMMARY, {"run_id": run_id})
    return [
        Flow(
            row.from_body_id,
            row.to_body_id,
            row.hazards,
            row.moved,
            row.passed,
            tuple(places.get((row.from_body_id, row.to_body_id), ())),
        )
        for row in rows
    ]
