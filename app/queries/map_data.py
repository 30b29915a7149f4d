"""Clusters of the public map: from the pyramid at low zooms, live at high ones (decisions §21, performance notes).

A cell is 64 px wide, four to a tile's side. The pyramid is read together with what is not folded into it yet, so that a
hazard is on the map as soon as its transaction has ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.queries.public import Box, Filters

PYRAMID_TOP = 12
FEW = 1000
CELLS_PER_TILE = 4


@dataclass(frozen=True)
class View:
    """Tile indices (XYZ, web mercator) of a viewport's corners at zoom `z`; x0 <= x1, y0 <= y1."""

    z: int
    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def parameters(self) -> dict[str, Any]:
        side = CELLS_PER_TILE * 2**self.z
        return {
            "z": self.z,
            "side": side,
            "cx0": self.x0 * CELLS_PER_TILE,
            "cy0": self.y0 * CELLS_PER_TILE,
            "cx1": (self.x1 + 1) * CELLS_PER_TILE - 1,
            "cy1": (self.y1 + 1) * CELLS_PER_TILE - 1,
            "fx0": self.x0 / 2**self.z,
            "fy0": self.y0 / 2**self.z,
            "fx1": (self.x1 + 1) / 2**self.z,
            "fy1": (self.y1 + 1) / 2**self.z,
        }


_FOLDED = text("""
WITH kept AS (
  SELECT code, type_group FROM public_data.public_type
   WHERE CAST(:types AS text[]) IS NULL AND CAST(:groups AS text[]) IS NULL
      OR code = ANY(:types) OR type_group = ANY(:groups)
),
part AS (
  SELECT cx, cy, hazard_type, state, n, sum_x, sum_y FROM public_data.map_cell
   WHERE z = :z AND cx BETWEEN :cx0 AND :cx1 AND cy BETWEEN :cy0 AND :cy1 AND state = ANY(:states)
  UNION ALL
  SELECT floor(x * :side)::int, floor(y * :side)::int, hazard_type, state, delta, delta * x, delta * y
    FROM public_data.map_change
   WHERE x >= :fx0 AND x < :fx1 AND y >= :fy0 AND y < :fy1 AND state = ANY(:states)
)
SELECT part.cx, part.cy, sum(part.n)::int AS n, sum(part.sum_x) / sum(part.n) AS x, sum(part.sum_y) / sum(part.n) AS y,
       min(kept.type_group) AS first_group, max(kept.type_group) AS last_group,
       coalesce(sum(part.n) FILTER (WHERE part.state = 'open'), 0)::int AS open, NULL AS reference
  FROM part JOIN kept ON kept.code = part.hazard_type
 GROUP BY part.cx, part.cy HAVING sum(part.n) > 0
""")

_LIVE = text("""
SELECT floor(mercator_x(h.place) * :side)::int AS cx, floor(mercator_y(h.place) * :side)::int AS cy, count(*)::int AS n,
       avg(mercator_x(h.place)) AS x, avg(mercator_y(h.place)) AS y,
       min(h.type_group) AS first_group, max(h.type_group) AS last_group,
       (count(*) FILTER (WHERE h.state = 'open'))::int AS open, min(h.reference) AS reference
  FROM public_data.public_hazard h
 WHERE h.place && ST_MakeEnvelope(:west, :south, :east, :north, 4326) AND h.state = ANY(:states)
   AND (CAST(:types AS text[]) IS NULL AND CAST(:groups AS text[]) IS NULL
        OR h.hazard_type = ANY(:types) OR h.type_group = ANY(:groups))
 GROUP BY 1, 2
""")


def cells(session: Session, view: View, box: Box, filters: Filters) -> Sequence[Row[Any]]:
    """One row a cell: cx, cy, n, x, y (mean, fractions of the world), groups, open; `reference` of the only hazard
    where
    n is 1 and the cells were counted live.
    """
    if view.z <= PYRAMID_TOP:
        folded = session.execute(_FOLDED, {**view.parameters, **filters.parameters}).all()
        if sum(row.n for row in folded) > FEW:
            return folded
    return session.execute(_LIVE, {"side": view.parameters["side"], **box.parameters, **filters.parameters}).all()


_OUTLINES = text("""
SELECT code, kind, name_kk, name_ru, name_en,
       ST_AsGeoJSON(ST_Simplify(geom, :tolerance, true), 4) AS geometry
  FROM public_data.public_area WHERE kind <> 'service_area' ORDER BY rank, code LIMIT 400
""")


def outlines(session: Session, *, tolerance_degrees: float = 0.002) -> Sequence[Row[Any]]:
    """Simplified outlines of today's areas, for the map without tiles.

    Ring by ring: keeping the topology takes 25 times as long for a whole country, and nobody measures on this map.
    """
    return session.execute(_OUTLINES, {"tolerance": tolerance_degrees}).all()


@dataclass(frozen=True)
class Canvas:
    """A picture of a map: width and height in pixels, and how many metres of web mercator one of them is."""

    width: int
    height: int
    metres: float


_GROUND = text("""
WITH centre AS (SELECT ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 3857) AS c),
     canvas AS (SELECT ST_X(c) AS x, ST_Y(c) AS y, ST_Expand(c, :width * :metres / 2, :height * :metres / 2) AS box
                  FROM centre),
     area AS (SELECT rank, code, ST_ClipByBox2D(ST_Transform(a.geom, 3857), ST_Expand(box, 8 * :metres)) AS part, x, y
                FROM public_data.public_area a, canvas
               WHERE kind <> 'service_area' AND a.geom && ST_Transform(box, 4326))
SELECT ST_AsSVG(ST_Simplify(ST_TransScale(part, -x, -y, 1 / :metres, 1 / :metres), 1, true), 1, 0) AS path
  FROM area WHERE NOT ST_IsEmpty(part) ORDER BY rank, code LIMIT 400
""")


def ground(session: Session, centre: tuple[float, float], canvas: Canvas) -> Sequence[str]:
    """SVG paths of today's areas on a canvas whose middle, `centre` (longitude, latitude in degrees), is its zero."""
    lon, lat = centre
    size = {"width": canvas.width, "height": canvas.height, "metres": canvas.metres}
    return session.scalars(_GROUND, {"lon": lon, "lat": lat, **size}).all()
