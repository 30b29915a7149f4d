"""Open public hazards of the same group around a place: "is it this one?".

Decision: read by the public's role from `public_data`, so that nobody learns of a hazard that is not public by asking
what lies near; measured to the public place. A box in degrees takes the index, the exact distance decides: half the
time of `ST_DWithin` on geography alone, and the same rows (performance notes). Types whose public place is coarse may
lie `GRID_M` off, so those are looked for that much farther.

Two statements: which ones lie near, and what is told of those. Turned down: one for both, which took the planner longer
than the server, for each place anew among a million, and mostly finds nothing.
"""

from collections.abc import Sequence
from typing import Any

from shapely.geometry import Point
from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from app.domain.privacy import GRID_M
from app.queries.cover import wide_degrees
from app.queries.names import NAMES

MOST = 5
FARTHEST_M = 500
"""No type's radius is larger; the box is drawn for it where the type is not known beforehand."""


def nearby(session: Session, language: str, *, hazard_type: str, place: Point, most: int = MOST) -> Sequence[Row[Any]]:
    """The nearest first: reference, hazard_type, type_group, title, distance_m, status, state, received_day, overdue,
    reports, photo (public id or None), lon, lat. Nothing for an unknown type.
    """
    kind = session.execute(_KIND, {"code": hazard_type}).first()
    near = _near(session, kind, place, most) if kind is not None else []
    if not near:
        return []
    given = {"references": [row.reference for row in near], "distances": [row.distance_m for row in near]}
    return session.execute(_told(language), given).all()


def _near(session: Session, kind: Row[Any], place: Point, most: int) -> Sequence[Row[Any]]:
    reach = wide_degrees(min(kind.radius_m, FARTHEST_M) + GRID_M)
    values = {**kind._mapping, "lon": place.x, "lat": place.y, "coarse_m": GRID_M, "most": most}
    return session.execute(_AROUND, {**values, "reach_lon": reach, "reach_lat": reach / 2}).all()


_KIND = text("""
    SELECT t.duplicate_radius_m AS radius_m, t.type_group,
           ARRAY(SELECT code FROM public_data.public_type WHERE publish = 'pin_at_once') AS exact
      FROM public_data.public_type t WHERE t.code = :code AND t.publish <> 'never'""")
_AROUND = text("""
    SELECT h.reference, ST_Distance(h.place::geography, pt.g::geography) AS distance_m
      FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS g) pt
      JOIN public_data.public_hazard h
        ON h.place && ST_MakeEnvelope(
             :lon - :reach_lon, :lat - :reach_lat, :lon + :reach_lon, :lat + :reach_lat, 4326)
     WHERE h.state <> 'closed' AND h.type_group = :type_group
       AND ST_Distance(h.place::geography, pt.g::geography)
           <= :radius_m + CASE WHEN h.hazard_type = ANY (:exact) THEN 0 ELSE :coarse_m END
     ORDER BY distance_m, h.reference LIMIT :most""")


def _told(language: str) -> TextClause:
    return text(f"""
        SELECT h.reference, h.hazard_type, h.type_group, h.status, h.state, h.received_day, h.overdue, h.reports,
               ST_X(h.place) AS lon, ST_Y(h.place) AS lat, t.{NAMES[language]} AS title, near.distance_m,
               (SELECT p.public_id FROM public_data.public_photo p
                 WHERE p.reference = h.reference AND p.kind = 'report' ORDER BY p.day, p.public_id LIMIT 1) AS photo
          FROM unnest(CAST(:references AS text[]), CAST(:distances AS float8[])) AS near (reference, distance_m)
          JOIN public_data.public_hazard h ON h.reference = near.reference
          JOIN public_data.public_type t ON t.code = h.hazard_type
         ORDER BY near.distance_m, h.reference""")  # noqa: S608 - the column is from an allow-list
