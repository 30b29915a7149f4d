"""Imported power lines and waters near a pin, for a report that chooses one instead of drawing it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.queries.cover import wide_degrees
from app.queries.names import NAMES

WITHIN_M = 300
KINDS = {"power": ("power_line",), "water": ("water", "canal")}
"""By group of the hazard type; others choose nothing."""
_TYPE = text("SELECT type_group FROM public_data.public_type WHERE code = :code AND reportable")
_NEAR = """
WITH at AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS p),
near AS (
  SELECT s.external_id, s.kind, s.{name} AS name, ST_Distance(s.geom::geography, at.p::geography) AS away,
         (ST_Dump(CASE WHEN ST_NPoints(s.geom) > 1000
                       THEN ST_ClipByBox2D(s.geom, ST_Expand(at.p, 4 * :reach)::box2d) ELSE s.geom END)).geom AS geom
    FROM at, public_data.public_shape s
   WHERE s.kind = ANY(:kinds) AND s.geom && ST_Expand(at.p, :reach)
     AND ST_DWithin(s.geom::geography, at.p::geography, :within)
   ORDER BY away LIMIT 20),
thin AS (SELECT *, ST_SimplifyPreserveTopology(CASE WHEN ST_GeometryType(geom) = 'ST_Polygon'
                  THEN ST_MakePolygon(ST_ExteriorRing(geom)) ELSE geom END, 0.00001) AS fine FROM near)
SELECT external_id, kind, name, ST_AsGeoJSON(shown, 6) AS geometry
  FROM (SELECT *, CASE WHEN ST_NPoints(fine) <= 200 THEN fine
                       ELSE ST_SimplifyPreserveTopology(fine, 0.0002) END AS shown FROM thin) AS t
 WHERE ST_NPoints(shown) BETWEEN 2 AND 200 AND ST_GeometryType(shown) IN ('ST_LineString', 'ST_Polygon')
 ORDER BY away LIMIT 20
"""


def shapes_near(session: Session, language: str, hazard_type: str, lon: float, lat: float) -> Sequence[Row[Any]]:
    """At most 20 lines or outlines within WITHIN_M metres that fit the type's group, each of at most 200 vertices. A
    river is a line on the map, also for a type that is drawn as an area.
    """
    kind = session.execute(_TYPE, {"code": hazard_type}).one_or_none()
    kinds = KINDS.get(kind.type_group, ()) if kind else ()
    if kind is None or not kinds:
        return []
    given = {
        "lon": lon, "lat": lat, "kinds": list(kinds), "reach": wide_degrees(WITHIN_M), "within": WITHIN_M,
    }  # fmt: skip
    return session.execute(text(_NEAR.format(name=NAMES[language])), given).all()
