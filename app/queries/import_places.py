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
from app.queries.cover import HOLD_STILL, covered, nearby, reach, wide_degrees

WORK_MEM = "64MB"
"""A batch is sorted and joined in memory."""
_TABLE = text("""
CREATE TEMPORARY TABLE import_place (n integer PRIMARY KEY, coarse boolean, label geometry(Point, 4326)) ON COMMIT DROP
""")
_COPY = "COPY import_place FROM STDIN"
_COVERED = text(f"CREATE TEMPORARY TABLE import_cover ON COMMIT DROP AS {covered('import_place', 'n')}")
_NEARBY = text(nearby("import_place", "n", where="NOT EXISTS (SELECT FROM import_cover c WHERE c.n = s.n)"))
_CHILDREN = text("""
SELECT at.n, min(ST_Distance(s.geom::geography, at.label::geography)) AS metres
  FROM import_place at
  JOIN place s ON s.kind IN ('school', 'kindergarten', 'playground') AND s.geom && ST_Expand(at.label, :reach)
 WHERE ST_DWithin(s.geom::geography, at.label::geography, :within_m)
 GROUP BY at.n
""")
_STREETS = text("""
SELECT DISTINCT ON (at.n) at.n, ST_AsBinary(ST_ClosestPoint(s.geom, at.label))
  FROM import_place at JOIN place s ON s.kind = 'street' AND s.geom && ST_Expand(at.label, :reach)
 WHERE at.coarse AND ST_DWithin(s.geom::geography, at.label::geography, :within_m)
 ORDER BY at.n, ST_Distance(s.geom::geography, at.label::geography)
""")

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
    session.execute(_COVERED, {"day": day})
    children = session.execute(_CHILDREN, {"reach": wide_degrees(children_m), "within_m": children_m}).all()
    by_number = {row.n: row.metres for row in children}
    found = Surroundings(_areas(session, day, tolerance_m), by_number, _streets(session))
    session.execute(text("DROP TABLE import_cover, import_place"))
    return found


def _lay_out(session: Session, points: Iterable[tuple[int, bool, str]]) -> None:
    session.execute(HOLD_STILL)
    session.execute(text("SELECT set_config('work_mem', :size, true)"), {"size": WORK_MEM})
    session.execute(_TABLE)
    with raw(session).cursor() as cursor, cursor.copy(_COPY) as copy:
        for point in points:
            copy.write_row(point)
    session.execute(text("CREATE INDEX ON import_place USING gist (label)"))
    session.execute(text("ANALYZE import_place (n, coarse)"))


def _areas(session: Session, day: date, tolerance_m: float) -> dict[int, Areas]:
    found: dict[int, Areas] = {
        n: (tuple(areas), tuple(nearness))
        for n, areas, nearness in session.execute(_NEARBY, {"day": day} | reach(tolerance_m))
    }
    for n, areas in session.execute(text("SELECT n, areas FROM import_cover")):
        found[n] = tuple(areas), ()
    return found


def _streets(session: Session) -> dict[int, Point]:
    rows = session.execute(_STREETS, {"reach": wide_degrees(GRID_M), "within_m": GRID_M}).all()
    points: Any = shapely.from_wkb([at for _, at in rows])
    return {n: point for (n, _), point in zip(rows, points, strict=True)}
