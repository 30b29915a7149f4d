"""What staff see of hazards: those of their own body, or all where the role says so; held ones only moderators."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Select, Text, bindparam, func, select, text
from sqlalchemy.orm import Session, aliased, defer

from app.domain.errors import HazardNotFound
from app.domain.permissions import Actor, Permission
from app.models import Account, Area, Assignment, Body, ContractorLink, Event, Hazard, HazardType, Photo, Report
from app.queries.duty import calls_of_hazard
from app.queries.names import NAMES
from app.queries.own_matters import StaffEvent, as_seen_by, internal_of_others, photo_is_theirs_to_see

Rows = Sequence[Any]
"""Rows of a query by their column names."""


@dataclass(frozen=True)
class StaffHazard:
    """All that staff may know of one hazard. Reports without contact data, which the application cannot read."""

    hazard: Hazard
    kind: HazardType
    body: Body | None
    area: Area | None
    near: str | None
    duplicate_of: str | None
    assignment: Assignment | None
    trace_names: tuple[dict[str, str], dict[str, str]]
    reports: Rows
    photos: Rows
    events: Sequence[StaffEvent]
    calls: Rows


def hazard_for_staff(session: Session, *, actor: Actor, reference: str, language: str = "kk") -> StaffHazard:
    """The hazard with its history, or HazardNotFound: unknown and foreign ones are the same to the actor."""
    row = session.execute(_WITH_NAMES, {"reference": reference}).first()
    if row is None or not _may_see(actor, row[0]):
        raise HazardNotFound(reference=reference)
    hazard, kind, body, area = row
    assignment = session.scalar(_ASSIGNMENT, {"hazard_id": hazard.id})
    return StaffHazard(
        hazard=hazard,
        kind=kind,
        body=body,
        area=area,
        near=near_name(session, hazard.id, language),
        duplicate_of=_reference_of(session, hazard.duplicate_of_id),
        assignment=assignment,
        trace_names=_trace_names(session, hazard, assignment, language),
        reports=_reports(session, hazard.id),
        photos=_photos(session, actor, hazard.id),
        events=_events(session, actor, hazard.id, language),
        calls=calls_of_hazard(session, hazard.id),
    )


def visible_hazard(session: Session, *, actor: Actor, reference: str) -> Hazard:
    """The hazard if the actor may see it, else HazardNotFound."""
    hazard = session.scalar(_HAZARD, {"reference": reference})
    if hazard is None or not _may_see(actor, hazard):
        raise HazardNotFound(reference=reference)
    return hazard


def once_had(session: Session, *, actor: Actor, reference: str) -> bool:
    """Whether the actor's body has had this hazard before, or has it: then its number is no news to them."""
    if actor.body_id is None:
        return False
    theirs = select(Event.id).join(Hazard, Hazard.id == Event.hazard_id)
    theirs = theirs.where(Hazard.reference == reference, Event.body_id == actor.body_id)
    return session.scalar(theirs.limit(1)) is not None


def photo_key(session: Session, *, actor: Actor, public_id: str) -> str | None:
    """The content key of a photo of a hazard that the actor may see, or None."""
    found = select(Photo.content_key, Hazard).join(Hazard, Hazard.id == Photo.hazard_id)
    found = found.outerjoin(Event, Event.id == Photo.event_id)
    row = session.execute(found.where(Photo.public_id == public_id, photo_is_theirs_to_see(actor))).first()
    return row[0] if row is not None and _may_see(actor, row[1]) else None


def hazard_id(session: Session, reference: str) -> int | None:
    """The id of a hazard that another may be a duplicate of."""
    return session.scalar(select(Hazard.id).where(Hazard.reference == reference, ~Hazard.held))


def reportable_types(session: Session, language: str) -> Sequence[tuple[str, str, str]]:
    """(code, group, name) of what can be reported, in the taxonomy's order."""
    kinds = session.scalars(select(HazardType).where(HazardType.reportable).order_by(HazardType.position))
    return [(kind.code, kind.group, kind.name(language)) for kind in kinds]


def _may_see(actor: Actor, hazard: Hazard) -> bool:
    if hazard.held and not actor.may(Permission.MODERATE):
        return False
    own = hazard.body_id is not None and actor.may(Permission.SEE_BODY_HAZARDS, body_id=hazard.body_id)
    return own or actor.may(Permission.SEE_ALL_HAZARDS)


def near_name(session: Session, hazard_id: int, language: str) -> str | None:
    """The street, quarter or settlement that a hazard lies next to."""
    name: str | None = session.scalar(
        text(
            f"SELECT s.{NAMES[language]} FROM hazard h JOIN place s ON s.geom && ST_Expand(h.label, 0.004)"  # noqa: S608 - allow-list
            " WHERE h.id = :id AND s.kind IN ('street', 'quarter', 'settlement') ORDER BY s.geom <-> h.label LIMIT 1"
        ),
        {"id": hazard_id},
    )
    return name


def _trace_names(
    session: Session, hazard: Hazard, assignment: Assignment | None, language: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Names by code of the bodies and areas of a trace, and of the body on a sign."""
    steps = assignment.trace if assignment else []
    codes = {step.get("body") for step in steps} | {hazard.hints.get("sign")}
    areas = {step.get("area") for step in steps}
    return _names(session, Body, codes - {None}, language), _names(session, Area, areas - {None}, language)


def _names(session: Session, kind: type[Body] | type[Area], codes: set[Any], language: str) -> dict[str, str]:
    """Names by code; no question where nothing is asked for."""
    if not codes:
        return {}
    asked = select(kind.code, getattr(kind, NAMES[language])).where(kind.code.in_(codes)).order_by(kind.id)
    return {code: name for code, name in session.execute(asked)}  # noqa: C416 - rows are not pairs to mypy


def _reference_of(session: Session, hazard_id: int | None) -> str | None:
    return session.scalar(select(Hazard.reference).where(Hazard.id == hazard_id)) if hazard_id is not None else None


def _reports(session: Session, hazard_id: int) -> Rows:
    return session.execute(_REPORTS, {"hazard_id": hazard_id}).all()


def _photos(session: Session, actor: Actor, hazard_id: int) -> Rows:
    """All but those of other bodies' internal lines."""
    return session.execute(_photos_asked(actor), {"hazard_id": hazard_id}).all()


def _events(session: Session, actor: Actor, hazard_id: int, language: str) -> Sequence[StaffEvent]:
    rows = session.execute(_events_asked(actor, language), {"hazard_id": hazard_id})
    return [as_seen_by(actor, row) for row in rows]


# Statements are built once: putting one together costs more than the database takes to answer it.
_THIS = bindparam("hazard_id", type_=BigInteger)
_WITH_NAMES = (
    select(Hazard, HazardType, Body, Area)
    .join(HazardType, HazardType.code == Hazard.hazard_type)
    .outerjoin(Body, Body.id == Hazard.body_id)
    .outerjoin(Area, Area.id == Hazard.area_id)
    .where(Hazard.reference == bindparam("reference", type_=Text))
    .options(defer(Area.geom))
)
_HAZARD = select(Hazard).where(Hazard.reference == bindparam("reference", type_=Text))
_ASSIGNMENT = select(Assignment).where(Assignment.hazard_id == _THIS).order_by(Assignment.id.desc()).limit(1)
_REPORTS = (
    select(
        Report.id, Report.kind, Report.channel, Report.language, Report.text, Report.someone_hurt, Report.received_at
    )
    .where(Report.hazard_id == _THIS)
    .order_by(Report.received_at, Report.id)
)


@lru_cache(maxsize=500)
def _photos_asked(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Photo.public_id, Photo.kind, Photo.width, Photo.height, Photo.moderation, Photo.added_at, Photo.event_id,
            Photo.taken_at, Photo.distance_m, Photo.placed_by,
        )
        .outerjoin(Event, Event.id == Photo.event_id)
        .where(Photo.hazard_id == _THIS, photo_is_theirs_to_see(actor))
        .order_by(Photo.added_at, Photo.id)
    )  # fmt: skip


@lru_cache(maxsize=500)
def _events_asked(actor: Actor, language: str) -> Select[*tuple[Any, ...]]:
    body = aliased(Body)
    by_link = (Event.actor == "contractor") & (Event.data["link"].as_integer() == ContractorLink.id)
    return (
        select(
            Event.id, Event.body_id, Event.kind, Event.at, Event.actor, Event.status, Event.public, Event.note,
            Event.data, Account.body_id.label("who_body"),
            func.coalesce(Account.name, ContractorLink.name).label("who"), getattr(body, NAMES[language]).label("body"),
        )
        .outerjoin(Account, Account.id == Event.account_id)
        .outerjoin(body, body.id == Event.body_id)
        .outerjoin(ContractorLink, by_link)
        .where(Event.hazard_id == _THIS, ~internal_of_others(actor))
        .order_by(Event.at.desc(), Event.id.desc())
    )  # fmt: skip
