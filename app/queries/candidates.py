"""Which areas cover a place, and which responsibilities apply there for a hazard type on a day: one round trip a point.

Points are tried against subdivided parts (performance notes: p99 0.4-1.1 ms against 3.4-3.8 ms on whole polygons).
Outside every area, the areas within the tolerance stand in, by whole metres: two that share a border are as near.
Lines and areas are rare: their pieces are cut in Shapely and measured on the spheroid by the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from app.domain.faces import cut
from app.domain.hints import NO_EVIDENCE, Evidence, evidence
from app.domain.routing import AKIMAT_KINDS, AreaHit, Candidate, TypeKey
from app.models import HintKind
from app.models.types import geometry as geometry_type
from app.queries.cover import reach
from app.queries.direct import fetch

_RULES = """
  SELECT r.id AS rule_id, r.body_id, b.code AS body_code, b.kind AS body_kind, r.area_code, r.hazard_type,
         r.type_group, r.rank AS rule_rank, r.hint, r.hint_value
    FROM responsibility r JOIN body b ON b.id = r.body_id AND b.active
   WHERE {here}
     AND daterange(r.valid_from, r.valid_until) @> CAST(:day AS date)
     AND (r.hazard_type = :type OR r.type_group = :group
          OR (r.hazard_type IS NULL AND r.type_group IS NULL AND b.kind = ANY(:kinds)))
"""

FIND = text(f"""
WITH pt AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS g),
covering AS (
  SELECT DISTINCT a.id, a.code, a.kind, a.rank, 0::double precision AS distance_m
    FROM pt JOIN area_part p ON ST_Intersects(p.geom, pt.g) JOIN area a ON a.id = p.area_id
   WHERE daterange(a.valid_from, a.valid_until) @> CAST(:day AS date)
),
nearby AS (
  SELECT a.id, a.code, a.kind, a.rank,
         greatest(1, ceil(min(ST_Distance(p.geom::geography, pt.g::geography)))) AS distance_m
    FROM pt JOIN area_part p ON p.geom && ST_Expand(pt.g, :reach_lon, :reach_lat) JOIN area a ON a.id = p.area_id
   WHERE NOT EXISTS (SELECT FROM covering)
     AND daterange(a.valid_from, a.valid_until) @> CAST(:day AS date)
     AND ST_DWithin(p.geom::geography, pt.g::geography, :tolerance_m)
   GROUP BY a.id
),
hit AS (SELECT * FROM covering UNION ALL SELECT * FROM nearby),
rule AS ({_RULES.format(here="r.area_code IN (SELECT code FROM hit)")})
SELECT hit.id, hit.code, hit.kind, hit.rank, hit.distance_m, rule.*
  FROM hit LEFT JOIN rule ON rule.area_code = hit.code
""")  # noqa: S608 - constants of this file
_FIND_SQL = str(FIND.compile(dialect=postgresql.psycopg.dialect()))  # type: ignore[no-untyped-call]  # untyped there
_OF_AREA = 5
"""So many columns of FIND make an AreaHit, the others a Candidate, in their order."""

_CROSSED = text("""
SELECT a.id, a.code, a.kind, a.rank, 0::double precision AS distance_m,
       ST_Intersection(a.geom, ST_Expand(ST_Envelope(g.g), 0.001)) AS outline
  FROM (SELECT ST_GeomFromWKB(:wkb, 4326) AS g) g JOIN area a ON a.geom && g.g
 WHERE daterange(a.valid_from, a.valid_until) @> CAST(:day AS date)
   AND EXISTS (SELECT FROM area_part p WHERE p.area_id = a.id AND ST_Intersects(p.geom, g.g))
""").columns(outline=geometry_type())
_RULES_OF = text(_RULES.format(here="r.area_code = ANY(:codes)"))
_MEASURE = text("""
SELECT CASE ST_Dimension(g) WHEN 1 THEN ST_Length(g::geography) ELSE ST_Area(g::geography) END
  FROM unnest(CAST(:wkbs AS bytea[])) WITH ORDINALITY AS piece(wkb, n), ST_GeomFromWKB(wkb, 4326) AS g
 ORDER BY n
""")


@dataclass(frozen=True)
class Found:
    """`areas` cover the place (or are near it); `pieces` of a line or an area: (size in m or m², areas there)."""

    areas: tuple[AreaHit, ...]
    candidates: tuple[Candidate, ...]
    pieces: tuple[tuple[float, tuple[AreaHit, ...]], ...] = ()


def candidates_at(
    session: Session,
    place: Point,
    hazard_type: TypeKey,
    evidence: Evidence = NO_EVIDENCE,
    *,
    day: date,
    tolerance_m: float,
) -> Found:
    """Areas that cover `place` on `day` (else those within `tolerance_m` metres) and the rules that apply in them."""
    point = {"lon": place.x, "lat": place.y} | reach(tolerance_m)
    rows = fetch(session, _FIND_SQL, point | _rule_parameters(hazard_type, evidence, day))
    areas = dict.fromkeys(row[:_OF_AREA] for row in rows)
    rules = [rule for row in rows if (rule := row[_OF_AREA:])[0] is not None]
    return Found(tuple(AreaHit(*area) for area in areas), tuple(Candidate(*rule) for rule in rules))


def candidates_along(
    session: Session, shape: BaseGeometry, hazard_type: TypeKey, evidence: Evidence = NO_EVIDENCE, *, day: date
) -> Found:
    """Pieces of a LineString or Polygon by the areas that cover them on `day`, and the rules that apply in those.

    No pieces where all of it lies outside every area.
    """
    rows = session.execute(_CROSSED, {"wkb": shapely.to_wkb(shape), "day": day}).all()
    hits = [(_hit(row), row.outline) for row in rows]
    pieces = [piece for piece in cut(shape, hits) if piece.areas]
    wkbs = [shapely.to_wkb(piece.geometry) for piece in pieces]
    sizes = session.scalars(_MEASURE, {"wkbs": wkbs}).all()
    codes = {"codes": [hit.code for hit, _ in hits]}
    rules: Any = session.execute(_RULES_OF, codes | _rule_parameters(hazard_type, evidence, day)).all()
    return Found(
        tuple(hit for hit, _ in hits),
        tuple(Candidate(*rule) for rule in rules),
        tuple((float(size), piece.areas) for size, piece in zip(sizes, pieces, strict=True)),
    )


def evidence_of(session: Session, hints: Mapping[str, str], hazard_type: TypeKey) -> Evidence:
    """What hints say for this type; asks the database only where there are any."""
    if not hints:
        return NO_EVIDENCE
    table = {(row.hint, row.value): row.body_kind for row in session.scalars(select(HintKind))}
    return evidence(hints, table, named=hazard_type.responsible, asked=hazard_type.ask)


def _rule_parameters(hazard_type: TypeKey, evidence: Evidence, day: date) -> dict[str, Any]:
    kinds: Sequence[str] = [*hazard_type.responsible, *evidence.kinds, *AKIMAT_KINDS]
    return {"day": day, "type": hazard_type.code, "group": hazard_type.group, "kinds": list(kinds)}


def _hit(row: Row[Any]) -> AreaHit:
    return AreaHit(row.id, row.code, row.kind, row.rank, row.distance_m)
