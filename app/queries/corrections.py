"""What people have corrected on a hazard since it was reported: `domain/correction.py` says what that comes to."""

from collections.abc import Mapping

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.correction import Corrected, Line, all_of
from app.domain.lifecycle import Act
from app.models import Event
from app.models.types import ewkb
from app.queries.names import NAMES

_STREET = text(f"""
SELECT {", ".join(NAMES.values())} FROM place
 WHERE kind IN ('street', 'quarter', 'settlement')
   AND geom && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 0.004)
 ORDER BY geom <-> ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), id LIMIT 1""")  # noqa: S608 - names of columns


_REACH = text("""
SELECT max(ST_Distance(p.geom::geography, CAST(CAST(:old AS geometry) AS geography)))
  FROM ST_DumpPoints(CAST(:new AS geometry)) p""")


def corrected(session: Session, hazard_id: int) -> Corrected:
    """All corrections of a hazard together."""
    lines = select(Event.account_id, Event.public, Event.data)
    lines = lines.where(Event.hazard_id == hazard_id, Event.kind == Act.CORRECT.value).order_by(Event.id)
    return all_of(Line(*row) for row in session.execute(lines))


def reach_m(session: Session, was: BaseGeometry, now: BaseGeometry) -> int:
    """How far the new shape reaches from the old one, whole metres: so much is added to a photo's distance."""
    old, new = ewkb([was, now])
    return round(session.scalar(_REACH, {"old": old, "new": new}) or 0)


def place_names(session: Session, *, lon: float, lat: float) -> Mapping[str, str] | None:
    """The street or quarter there by language, where one is near."""
    row = session.execute(_STREET, {"lon": lon, "lat": lat}).first()
    return {code: name for code, name in zip(NAMES, row, strict=True) if name} if row else None
