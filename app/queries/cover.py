"""The areas of many points at once, as SQL over a table of points: those that cover a point, else those near it.

The same answer as `candidates.py` gives for one point; tests hold the two together. Polygons outside, points inside
(`LATERAL ... OFFSET 0`): PostGIS then keeps one prepared polygon for all points within its box, three times as fast as
asking for each point. Both re-routing and imports ask so, each of its own table; names of tables and columns are ours.
"""

from sqlalchemy import text

from app.domain.geo import METRES_PER_DEGREE

HOLD_STILL = text("LOCK TABLE area, responsibility IN SHARE MODE")
"""No border and no rule changes between finding the areas and deciding. Reports go on; whoever edits waits, seconds."""


def covered(points: str, key: str) -> str:
    """A query of (`key`, areas: ids in order) for the rows of `points` (`key`, label) on `:day`; only covered ones."""
    return f"""
SELECT {key}, array_agg(area_id) AS areas
  FROM (SELECT DISTINCT inside.{key}, p.area_id
          FROM area a JOIN area_part p ON p.area_id = a.id
         CROSS JOIN LATERAL (SELECT s.{key} FROM {points} s WHERE ST_Intersects(p.geom, s.label) OFFSET 0) inside
         WHERE daterange(a.valid_from, a.valid_until) @> CAST(:day AS date)
         ORDER BY inside.{key}, p.area_id) AS pair
 GROUP BY {key}
"""  # noqa: S608 - names of our own tables


def nearby(points: str, key: str, *, where: str) -> str:
    """A query of (`key`, areas, nearness: 1 for the nearest, by whole metres) for the points `s` that `where` leaves.

    Wants `:day` and the values of `reach`.
    """
    return f"""
SELECT {key}, array_agg(area_id ORDER BY area_id) AS areas, array_agg(nearness ORDER BY area_id) AS nearness
  FROM (SELECT {key}, area_id, CAST(dense_rank() OVER (PARTITION BY {key} ORDER BY distance_m) AS integer) AS nearness
          FROM (SELECT s.{key}, a.id AS area_id,
                       greatest(1, ceil(min(ST_Distance(p.geom::geography, s.label::geography)))) AS distance_m
                  FROM {points} s
                  JOIN area_part p ON p.geom && ST_Expand(s.label, :reach_lon, :reach_lat)
                  JOIN area a ON a.id = p.area_id
                 WHERE {where} AND daterange(a.valid_from, a.valid_until) @> CAST(:day AS date)
                   AND ST_DWithin(p.geom::geography, s.label::geography, :tolerance_m)
                 GROUP BY s.{key}, a.id) AS measured) AS ranked
 GROUP BY {key}
"""  # noqa: S608 - names of our own tables


def reach(tolerance_m: float) -> dict[str, float]:
    """What `nearby` wants of a tolerance: metres, and how far to look in degrees."""
    return {
        "tolerance_m": tolerance_m,
        "reach_lat": tolerance_m / METRES_PER_DEGREE * 1.01,
        "reach_lon": wide_degrees(tolerance_m),
    }


def wide_degrees(metres: float) -> float:
    """Degrees of longitude that hold `metres`, generous up to 66 degrees north; `ST_DWithin` decides in metres."""
    return metres / METRES_PER_DEGREE * 2.5
