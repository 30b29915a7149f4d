"""What intake asks before it writes: the type, an earlier sending, the calendar, the street at hand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from shapely.geometry import Point
from sqlalchemy import func, literal, select, text, union_all
from sqlalchemy.orm import Session

from app.domain.deadlines import WorkCalendar
from app.domain.errors import BadHint, HazardNotFound, UnknownHazardType
from app.domain.hints import Hint, asked_hints, parse_hints
from app.domain.privacy import GRID_M
from app.domain.routing import AKIMAT_KINDS
from app.models import Body, Hazard, HazardType, Held, Report
from app.models.types import geometry
from app.queries.cover import wide_degrees
from app.queries.direct import fetch

CALENDAR_DAYS = 400
_WAIT = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))"
_EARLIER = """
SELECT h.reference, r.receipt_hash, r.channel FROM report r JOIN hazard h ON h.id = r.hazard_id
 WHERE r.client_id = %(client_id)s
 UNION ALL SELECT reference, receipt_hash, NULL FROM vault.held WHERE client_id = %(client_id)s
"""
_CALENDAR = "SELECT day, working FROM calendar_day WHERE day BETWEEN %(first)s AND %(last)s"
_TO_CHILDREN = """
SELECT min(ST_Distance(s.geom::geography, pt.g::geography))
  FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS g) pt
  JOIN place s ON s.kind IN ('school', 'kindergarten', 'playground') AND s.geom && ST_Expand(pt.g, %(reach)s)
 WHERE ST_DWithin(s.geom::geography, pt.g::geography, %(within_m)s)
"""


def hazard_type(session: Session, code: str) -> HazardType:
    """The type, or UnknownHazardType."""
    found = session.get(HazardType, code)
    if found is None:
        raise UnknownHazardType(hazard_type=code[:40])
    return found


def checked_hints(session: Session, given: Mapping[str, Any]) -> dict[str, str]:
    """The hints in `given`. Raises BadHint, also where a sign names no body."""
    hints = parse_hints(given)
    sign = hints.get(Hint.SIGN)
    if sign is not None and session.scalar(select(Body.id).where(Body.code == sign)) is None:
        raise BadHint(hint=Hint.SIGN.value)
    return hints


@dataclass(frozen=True)
class Questions:
    """What a reporter is asked, by the code of the type, and the kinds of bodies whose name may be on a sign."""

    asked: Mapping[str, tuple[Hint, ...]]
    sign_kinds: frozenset[str]


def questions(session: Session) -> Questions:
    rows = session.execute(
        select(HazardType.code, HazardType.ask, HazardType.responsible).where(HazardType.reportable)
    ).all()
    asked = {row.code: hints for row in rows if (hints := asked_hints(row.ask))}
    kinds = {kind for row in rows if Hint.SIGN in asked.get(row.code, ()) for kind in row.responsible}
    return Questions(asked, frozenset(kinds - set(AKIMAT_KINDS)))


@dataclass(frozen=True)
class Earlier:
    """What a sending became before. `channel` None: it was held and is no hazard. `from_desk`: it was held at first,
    whatever the desk has made of it.
    """

    reference: str
    receipt_hash: bytes
    channel: str | None
    from_desk: bool = False

    @property
    def held(self) -> bool:
        return self.channel is None


def earlier_report(session: Session, client_id: UUID) -> Earlier | None:
    """What `client_id` made, waiting for a sending under way to end; a report goes before a held one."""
    fetch(session, _WAIT, {"key": f"report:{client_id.hex}"})
    found = [Earlier(*row) for row in fetch(session, _EARLIER, {"client_id": client_id})]
    first = min(found, key=lambda each: each.held, default=None)
    return first and replace(first, from_desk=any(each.held for each in found))


def knows_report(session: Session, client_id: UUID) -> bool:
    """Whether a report of this id was taken in; asks without waiting for one under way."""
    found = union_all(*(select(kind.id).where(kind.client_id == client_id) for kind in (Report, Held)))
    return session.execute(found).first() is not None


def went_to_desk(session: Session, client_id: UUID) -> bool:
    """Whether the report of this id was held when it was sent first; asks without waiting for one under way."""
    return session.scalar(select(Held.id).where(Held.client_id == client_id)) is not None


def joinable(session: Session, reference: str, *, group: str, label: Point, reach_m: float) -> Hazard | None:
    """The open public hazard of this group within `reach_m` of `label`, locked; None where it is not that, or no more.

    Measured to the public place: nobody finds the exact one out by trying from where a report may join.
    """
    place, here = func.geography(Hazard.public_place), func.geography(literal(label, geometry("POINT")))
    public = func.is_public(Hazard.hazard_type, Hazard.moderation, Hazard.held, Hazard.review_first)
    return session.scalar(
        select(Hazard)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .where(Hazard.reference == reference, Hazard.is_open, HazardType.group == group, public)
        .where(func.ST_DWithin(place, here, reach_m))
        .with_for_update(of=Hazard)
        .execution_options(populate_existing=True)
    )


def public_hazard(session: Session, reference: str) -> Hazard:
    """The hazard that everybody may see, locked. Raises HazardNotFound."""
    public = func.is_public(Hazard.hazard_type, Hazard.moderation, Hazard.held, Hazard.review_first)
    found = session.scalar(
        select(Hazard)
        .where(Hazard.reference == reference, public)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise HazardNotFound(reference=reference)
    return found


def work_calendar(session: Session, timezone: ZoneInfo, *, around: date) -> WorkCalendar:
    """The editable calendar for deadlines of something received on `around`."""
    between = {"first": around, "last": around + timedelta(days=CALENDAR_DAYS)}
    return WorkCalendar(timezone, dict(fetch(session, _CALENDAR, between)))


def metres_to_children(session: Session, place: Point, *, within_m: float) -> float | None:
    """How far the nearest known school, kindergarten or playground is, metres; None beyond `within_m`."""
    values = {"lon": place.x, "lat": place.y, "reach": wide_degrees(within_m), "within_m": within_m}
    found: float | None = fetch(session, _TO_CHILDREN, values)[0][0]
    return found


def nearest_on_street(session: Session, place: Point) -> Point | None:
    """The nearest point of a known street no more than 20 m away, for the public place of a coarse type."""
    reach = wide_degrees(GRID_M)
    found: Point | None = session.scalar(
        text("""
            SELECT ST_ClosestPoint(s.geom, pt.g) AS at
              FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS g) pt
              JOIN place s ON s.kind = 'street' AND s.geom && ST_Expand(pt.g, :reach)
             WHERE ST_DWithin(s.geom::geography, pt.g::geography, :within_m)
             ORDER BY ST_Distance(s.geom::geography, pt.g::geography) LIMIT 1""").columns(at=geometry("POINT")),
        {"lon": place.x, "lat": place.y, "reach": reach, "within_m": GRID_M},
    )
    return found
