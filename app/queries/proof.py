"""What a photo is measured by: since when, how far away, whether it was used before, and who has the job."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import DateTime, bindparam, cast, func, select, text
from sqlalchemy.orm import Session

from app.domain.hazard import Status
from app.domain.lifecycle import LOOKS, Act
from app.domain.permissions import Actor, Permission
from app.models import Event, Hazard, Photo
from app.queries.corrections import places_of
from app.queries.crews import crew_ids_of
from app.queries.merges import last_seen
from app.queries.shifts import acts_for

_NOT_YET = (Status.RECEIVED.value, Status.ASSIGNED.value)
_DISTANCES = text("""
SELECT max(ST_Distance(h.geom::geography, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)::geography))
  FROM hazard h, unnest(CAST(:lats AS float8[]), CAST(:lons AS float8[])) WITH ORDINALITY AS p (lat, lon, number)
 WHERE h.id = ANY(:hazards) GROUP BY p.number ORDER BY p.number
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
    """From each latitude and longitude to the hazard's exact shape, metres, in their order; of joined ones to the
    farthest.
    """
    if not places:
        return []
    lats, lons = zip(*places, strict=True)
    given = {"hazards": places_of(session, hazard_id), "lats": list(lats), "lons": list(lons)}
    return [float(metres) for metres in session.scalars(_DISTANCES, given)]


def looked_at(session: Session, hazard_id: int) -> datetime | None:
    """When the measure that makes it safe was last put up or looked at."""
    looks = Event.kind.in_([act.value for act in LOOKS])
    return session.scalar(select(func.max(Event.at)).where(Event.hazard_id == hazard_id, looks))


def reported_since_look(session: Session, duplicate: Hazard, kept: Hazard) -> datetime | None:
    """When `duplicate` was last reported, where that was after `kept` was made safe or looked at, and nothing makes
    the duplicate itself safe: then joining them ends that `kept` is trusted (`actions/merged.py`). Else None.
    """
    if not kept.is_open or kept.made_safe_at is None or duplicate.made_safe_at is not None:
        return None
    seen, look = last_seen(session, duplicate), looked_at(session, kept.id) or kept.made_safe_at
    return seen if seen > look else None


def used_keys(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of the pictures that came in before, with this hazard or another, whoever sent them."""
    if not keys:
        return set()
    return set(session.scalars(select(Photo.content_key).where(Photo.content_key.in_(keys)).distinct()))


def given_to(session: Session, hazard: Hazard, *, by: Actor, day: date) -> bool:
    """Whether a dispatcher gave the job to this person, who is none, or to a crew of theirs: also as a deputy."""
    if by.account_id is None or by.may(Permission.DISPATCH, body_id=hazard.body_id):
        return False
    people = acts_for(session, by.account_id, day)
    return hazard.assignee_id in people or any(hazard.crew_id in crew_ids_of(session, each) for each in people)


def giver_of(session: Session, hazard_id: int) -> int | None:
    """Who gave the job last."""
    given = select(Event.account_id).where(Event.hazard_id == hazard_id, Event.kind == Act.ASSIGN_WORK.value)
    return session.scalar(given.order_by(Event.id.desc()).limit(1))


def last_doubt(session: Session, hazard_id: int) -> str | None:
    """Why the photos of the fix reported last do not prove it (`domain/proof.Doubt`); None where it is."""
    fixes = select(Event.data["unproven"].astext).where(Event.hazard_id == hazard_id, Event.kind == Act.REPORT_FIX)
    found: str | None = session.scalar(fixes.order_by(Event.id.desc()).limit(1))
    return found
