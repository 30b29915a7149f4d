"""What a photo of a fix is measured by: when the body took the hazard on, and how far from it a place is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import DateTime, bindparam, cast, func, select, text
from sqlalchemy.orm import Session

from app.domain.hazard import Status
from app.models import Event

_NOT_YET = (Status.RECEIVED.value, Status.ASSIGNED.value)
_DISTANCES = text("""
SELECT ST_Distance(h.geom::geography, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)::geography)
  FROM hazard h, unnest(CAST(:lats AS float8[]), CAST(:lons AS float8[])) WITH ORDINALITY AS p (lat, lon, number)
 WHERE h.id = :hazard_id ORDER BY p.number
""").bindparams(bindparam("lats"), bindparam("lons"))


def accepted_at(session: Session, hazard_id: int) -> datetime | None:
    """When the body that has it now took it on: its first event since it was last assigned. None: not yet."""
    mine = select(Event.at).where(Event.hazard_id == hazard_id)
    assigned = mine.with_only_columns(func.max(Event.id)).where(Event.status.in_(_NOT_YET)).scalar_subquery()
    taken_on = mine.with_only_columns(func.min(Event.at)).where(Event.id > func.coalesce(assigned, 0))
    return session.scalar(taken_on)


def taken_on_at(session: Session, hazard_id: int) -> datetime | None:
    """The same by the word of the device, where the taking on itself came late; not yet: since when the body has it."""
    mine = select(Event.at).where(Event.hazard_id == hazard_id)
    assigned = mine.with_only_columns(func.max(Event.id)).where(Event.status.in_(_NOT_YET)).scalar_subquery()
    said = func.coalesce(cast(Event.data["done_at"].astext, DateTime(timezone=True)), Event.at)
    taken_on = session.scalar(mine.with_only_columns(func.min(said)).where(Event.id > func.coalesce(assigned, 0)))
    return taken_on or session.scalar(mine.where(Event.id == assigned))


def distances_m(session: Session, hazard_id: int, places: Sequence[tuple[float, float]]) -> list[float]:
    """From each latitude and longitude to the hazard's exact shape, metres, in their order."""
    if not places:
        return []
    lats, lons = zip(*places, strict=True)
    given = {"hazard_id": hazard_id, "lats": list(lats), "lons": list(lons)}
    return [float(metres) for metres in session.scalars(_DISTANCES, given)]
