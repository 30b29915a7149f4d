"""What a printed map shows: streets and borders within a rectangle, cut at its edge."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.queries.names import NAMES

MOST_STREETS, MOST_BORDERS = 400, 30


@dataclass(frozen=True)
class Frame:
    """Degrees."""

    west: float
    south: float
    east: float
    north: float


_STREETS = """
WITH frame AS (SELECT ST_MakeEnvelope(:west, :south, :east, :north, 4326) AS box)
SELECT s.{name} AS name, ST_AsBinary(ST_ClipByBox2D(s.geom, frame.box)) AS line
  FROM place s, frame
 WHERE s.kind = 'street' AND s.geom && frame.box AND ST_Dimension(s.geom) = 1
 ORDER BY ST_Length(ST_ClipByBox2D(s.geom, frame.box)) DESC, s.id LIMIT :most
"""
_BORDERS = """
WITH frame AS (SELECT ST_MakeEnvelope(:west, :south, :east, :north, 4326) AS box)
SELECT ST_AsBinary(ST_ClipByBox2D(ST_Boundary(a.geom), frame.box)) AS line
  FROM area a, frame
 WHERE a.geom && frame.box AND a.valid_until IS NULL AND a.kind IN ('city', 'city_district', 'district')
 ORDER BY a.rank, a.id LIMIT :most
"""


def streets(session: Session, frame: Frame, language: str) -> Sequence[Any]:
    """(name, line as WKB), the longest within the frame first."""
    given = vars(frame) | {"most": MOST_STREETS}
    return session.execute(text(_STREETS.format(name=NAMES[language])), given).all()


def borders(session: Session, frame: Frame) -> Sequence[bytes]:
    """Outlines of cities and districts."""
    rows = session.execute(text(_BORDERS), vars(frame) | {"most": MOST_BORDERS})
    return [row.line for row in rows]
