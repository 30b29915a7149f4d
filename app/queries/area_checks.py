"""Whether the areas of a day fit together: siblings that overlap, gaps in a parent, parents that are not there.

Decision: warnings, asked of the whole table after an import. Turned down: refusing such areas; real boundaries have
slivers, and two bodies in a strip of overlap are better than none. Service areas may overlap as they like.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

LEAST_KM2 = 0.1

_CHECKS = text("""
WITH me AS (
  SELECT parent_code AS up FROM area WHERE code = :of AND daterange(valid_from, valid_until) @> CAST(:day AS date)
),
area_now AS MATERIALIZED (
  SELECT code, rank, parent_code, geom FROM area
   WHERE daterange(valid_from, valid_until) @> CAST(:day AS date) AND kind <> 'service_area'
     AND (CAST(:of AS text) IS NULL OR :of IN (code, parent_code) OR code IN (SELECT up FROM me)
          OR parent_code IN (SELECT up FROM me)
          OR (parent_code IS NULL AND EXISTS (SELECT FROM me WHERE up IS NULL)))
),
overlap AS (
  SELECT 'overlap' AS what, a.code, b.code AS other,
         ST_Area(ST_Intersection(a.geom, b.geom)::geography) / 1e6 AS km2
    FROM area_now a JOIN area_now b ON a.code < b.code AND a.geom && b.geom
     AND (a.parent_code = b.parent_code OR (a.parent_code IS NULL AND b.parent_code IS NULL AND a.rank = b.rank))
   WHERE ST_Intersects(a.geom, b.geom) AND (CAST(:of AS text) IS NULL OR :of IN (a.code, b.code))
),
gap AS (
  SELECT 'gap' AS what, p.code, NULL AS other, ST_Area(ST_Difference(p.geom, inside.geom)::geography) / 1e6 AS km2
    FROM area_now p
    JOIN (SELECT parent_code, ST_Union(geom) AS geom FROM area_now
           WHERE CAST(:of AS text) IS NULL OR parent_code = :of GROUP BY parent_code) inside
      ON inside.parent_code = p.code
   WHERE CAST(:of AS text) IS NULL OR p.code = :of
),
orphan AS (
  SELECT 'orphan' AS what, c.code, c.parent_code AS other, CAST(NULL AS double precision) AS km2 FROM area_now c
   WHERE c.parent_code IS NOT NULL AND NOT EXISTS (SELECT FROM area_now p WHERE p.code = c.parent_code)
)
SELECT * FROM (SELECT * FROM overlap UNION ALL SELECT * FROM gap UNION ALL SELECT * FROM orphan) found
 WHERE (km2 IS NULL OR km2 >= :at_least_km2) AND (CAST(:of AS text) IS NULL OR :of IN (code, other))
 ORDER BY km2 DESC NULLS FIRST, code, other
""")


@dataclass(frozen=True)
class Flaw:
    """`other`: the second of an overlap, the missing parent of an orphan; `km2`: size of overlap or gap."""

    what: Literal["overlap", "gap", "orphan"]
    code: str
    other: str | None
    km2: float | None


def check_areas(session: Session, *, day: date, at_least_km2: float = LEAST_KM2, of: str | None = None) -> list[Flaw]:
    """Orphans first, then overlaps and gaps of at least `at_least_km2`, the largest first.

    `of`: only what concerns the area with this code, and only its relations are read.
    """
    rows = session.execute(_CHECKS, {"day": day, "at_least_km2": at_least_km2, "of": of})
    return [Flaw(row.what, row.code, row.other, row.km2) for row in rows]
