"""What lies around many new points at once: the areas that cover them, children near by, the street at hand.

The same questions as `candidates.py` and `intake.py` ask for one point, each asked once for a batch: the points lie in
a temporary table of the transaction. A test holds the two to one answer, column by column. Turned down: Shapely in
memory, which answers with a copy of the borders.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from psycopg import Connection
from shapely.geometry import Point
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.privacy import GRID_M

_METRES_PER_DEGREE = 111_320.0
WORK_MEM = "64MB"
"""A batch is sorted and joined in memory."""
_HOLD_STILL = text("LOCK TABLE area, responsibility IN SHARE MODE")
"""No border and no rule changes between finding the areas and deciding. Reports go on; whoever edits waits, seconds."""
_TABLE = text("""
CREATE TEMPORARY TABLE import_place (n integer PRIMARY KEY, coarse boolean, label geometry(Point, 4326)) ON COMMIT DROP
""")
_COPY = "COPY import_place FROM STDIN"
_COVERED = """
CREATE TEMPORARY TABLE import_cover ON COMMIT DROP AS
SELECT n, array_agg(area_id ORDER BY area_id) AS areas
  FROM (SELECT DISTINCT inside.n, p.area_id
          FROM area a JOIN area_part p ON p.area_id = a.id
         CROSS JOIN LATERAL (SELECT s.n FROM import_place s WHERE ST_Intersects(p.geom, s.label) OFFSET 0) inside
         WHERE daterange(a.valid_from, a.valid_until) @> CAST(%(day)s AS date)) AS pair
 GROUP BY n
"""
_NEARBY = """
SELECT n, array_agg(area_id ORDER BY area_id), array_agg(nearness ORDER BY area_id)
  FROM (SELECT n, area_id, CAST(dense_rank() OVER (PARTITION BY n ORDER BY distance_m) AS integer) AS nearness
          FROM (SELECT s.n, a.id AS area_id,
                       greatest(1, ceil(min(ST_Distance(p.geom::geography, s.label::geography)))) AS distance_m
                  FROM import_place s
                  JOIN area_part p ON p.geom && ST_Expand(s.label, %(reach_lon)s, %(reach_lat)s)
                  JOIN area a ON a.id = p.area_id
                 WHERE NOT EXISTS (SELECT FROM import_cover c WHERE c.n = s.n)
                   AND daterange(a.valid_from, a.valid_until) @> CAST(%(day)s AS date)
                   AND ST_DWithin(p.geom::geography, s.label::geography, %(tolerance_m)s)
                 GROUP BY s.n, a.id) AS measured) AS ranked
 GROUP BY n
"""
_CHILDREN = """
SELECT at.n, min(ST_Distance(s.geom::geography, at.label::geography))
  FROM import_place at
  JOIN place s ON s.kind IN ('school', 'kindergarten', 'playground') AND s.geom && ST_Expand(at.label, %(reach)s)
 WHERE ST_DWithin(s.geom::geography, at.label::geography, %(within_m)s)
 GROUP BY at.n
"""
_STREETS = """
SELECT DISTINCT ON (at.n) at.n, ST_AsBinary(ST_ClosestPoint(s.geom, at.label))
  FROM import_place at JOIN place s ON s.kind = 'street' AND s.geom && ST_Expand(at.label, %(reach)s)
 WHERE at.coarse AND ST_DWithin(s.geom::geography, at.label::geography, %(within_m)s)
 ORDER BY at.n, ST_Distance(s.geom::geography, at.label::geography)
"""

Areas = tuple[tuple[int, ...], tuple[int, ...]]
"""Areas that cover a place, or near it, and their nearness (see RuleBook.decide)."""
NOWHERE: Areas = ((), ())


@dataclass(frozen=True)
class Surroundings:
    """By the number of the point; those of which there is nothing to say are left out. `children_m`: metres."""

    areas: Mapping[int, Areas]
    children_m: Mapping[int, float]
    streets: Mapping[int, Point]


def raw(session: Session) -> Connection[Any]:
    """Psycopg's own connection under the session, in its transaction."""
    connection: Any = session.connection().connection.driver_connection
    assert isinstance(connection, Connection)  # noqa: S101 - the only driver we have
    return connection


def surroundings(
    session: Session, points: Iterable[tuple[int, bool, str]], *, day: date, tolerance_m: float, children_m: float
) -> Surroundings:
    """What lies around `points`: number, whether the public sees it only coarsely, and its place as hex EWKB.

    Borders and rules hold still from here to the end of the transaction.
    """
    _lay_out(session, points)
    connection = raw(session)
    connection.execute(_COVERED, {"day": day})
    children = connection.execute(_CHILDREN, {"reach": _degrees(children_m) * 2.5, "within_m": children_m})
    found = Surroundings(_areas(connection, day, tolerance_m), dict(children.fetchall()), _streets(connection))
    connection.execute("DROP TABLE import_cover, import_place")
    return found


def _lay_out(session: Session, points: Iterable[tuple[int, bool, str]]) -> None:
    session.execute(_HOLD_STILL)
    session.execute(text("SELECT set_config('work_mem', :size, true)"), {"size": WORK_MEM})
    session.execute(_TABLE)
    with raw(session).cursor() as cursor, cursor.copy(_COPY) as copy:
        for point in points:
            copy.write_row(point)
    session.execute(text("CREATE INDEX ON import_place USING gist (label)"))
    session.execute(text("ANALYZE import_place (n, coarse)"))


def _areas(connection: Connection[Any], day: date, tolerance_m: float) -> dict[int, Areas]:
    reach = _degrees(tolerance_m)
    near = {"day": day, "tolerance_m": tolerance_m, "reach_lat": reach * 1.01, "reach_lon": reach * 2.5}
    found: dict[int, Areas] = {
        n: (tuple(areas), tuple(nearness)) for n, areas, nearness in connection.execute(_NEARBY, near)
    }
    for n, areas in connection.execute("SELECT n, areas FROM import_cover"):
        found[n] = tuple(areas), ()
    return found


def _streets(connection: Connection[Any]) -> dict[int, Point]:
    rows = connection.execute(_STREETS, {"reach": _degrees(GRID_M) * 2.5, "within_m": GRID_M}).fetchall()
    points: Any = shapely.from_wkb([at for _, at in rows])
    return {n: point for (n, _), point in zip(rows, points, strict=True)}


def _degrees(metres: float) -> float:
    return metres / _METRES_PER_DEGREE
