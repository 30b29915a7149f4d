"""Open public hazards of the same group around a place: "is it this one?".

Decision: read by the public's role from `public_data`, so that nobody learns of a hazard that is not public by asking
what lies near; measured to the public place. A box in degrees takes the index, the exact distance decides: half the
time of `ST_DWithin` on geography alone, and the same rows (performance notes). Types whose public place is coarse may
lie `GRID_M` off, so those are looked for that much farther.
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
    radius_m = session.scalar(_RADIUS, {"code": hazard_type})
    if radius_m is None:
        return []
    reach_m = min(radius_m, FARTHEST_M) + GRID_M
    values = {"code": hazard_type, "lon": place.x, "lat": place.y, "radius_m": radius_m, "coarse_m": GRID_M}
    box = {"reach_lon": wide_degrees(reach_m), "reach_lat": wide_degrees(reach_m) / 2, "most": most}
    return session.execute(_nearby(language), {**values, **box}).all()


_RADIUS = text("SELECT duplicate_radius_m FROM public_data.public_type WHERE code = :code AND publish <> 'never'")


def _nearby(language: str) -> TextClause:
    return text(f"""
        SELECT h.reference, h.hazard_type, h.type_group, h.status, h.state, h.received_day, h.overdue, h.reports,
               ST_X(h.place) AS lon, ST_Y(h.place) AS lat, t.{NAMES[language]} AS title,
               ST_Distance(h.place::geography, pt.g::geography) AS distance_m, photo.public_id AS photo
          FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS g) pt
          JOIN public_data.public_hazard h
            ON h.place && ST_MakeEnvelope(
                 :lon - :reach_lon, :lat - :reach_lat, :lon + :reach_lon, :lat + :reach_lat, 4326)
          JOIN public_data.public_type t ON t.code = h.hazard_type
          LEFT JOIN LATERAL (
            SELECT p.public_id FROM public_data.public_photo p
             WHERE p.reference = h.reference AND p.kind = 'report' ORDER BY p.day, p.public_id LIMIT 1) photo ON true
         WHERE h.state <> 'closed'
           AND h.type_group = (SELECT type_group FROM public_data.public_type WHERE code = :code)
           AND ST_Distance(h.place::geography, pt.g::geography)
               <= :radius_m + CASE WHEN t.publish = 'pin_at_once' THEN 0 ELSE :coarse_m END
         ORDER BY distance_m, h.reference LIMIT :most""")  # noqa: S608 - the column is from an allow-list
