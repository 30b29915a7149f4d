"""The named street near a pin, through the public role: words that let a reporter check the place."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.queries.cover import wide_degrees
from app.queries.names import NAMES

WITHIN_M = 100
_NEAR = """
WITH at AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS p)
SELECT s.{name} FROM at, public_data.public_place s
 WHERE s.kind = 'street' AND s.geom && ST_Expand(at.p, :reach)
   AND ST_DWithin(s.geom::geography, at.p::geography, :within)
 ORDER BY ST_Distance(s.geom::geography, at.p::geography), s.id LIMIT 1
"""


def near_street(session: Session, language: str, lon: float, lat: float) -> str | None:
    """The name of the nearest street within WITHIN_M metres."""
    given = {"lon": lon, "lat": lat, "reach": wide_degrees(WITHIN_M), "within": WITHIN_M}
    name: str | None = session.scalar(text(_NEAR.format(name=NAMES[language])), given)
    return name or None
