"""What staff see of hazards: those of their own body, or all where the role says so; held ones only moderators."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Text, bindparam, select, text
from sqlalchemy.orm import Session

from app.domain.errors import HazardNotFound
from app.domain.permissions import Actor, Permission
from app.models import Event, Hazard, HazardType, Photo
from app.queries.names import NAMES
from app.queries.own_matters import StaffEvent, as_seen_by, photo_is_theirs_to_see
from app.queries.staff_rows import call_rows, event_rows, hazard_row, photo_rows, report_rows

Rows = Sequence[Any]
"""Rows of a query by their column names."""


@dataclass(frozen=True, slots=True)
class Named:
    """Names of a body or an area in Kazakh, Russian and English."""

    name_kk: str
    name_ru: str
    name_en: str

    def name(self, language: str) -> str:
        return str(getattr(self, NAMES[language]))


@dataclass(frozen=True, slots=True)
class Kind(Named):
    """What the page says of the hazard's type."""

    code: str
    group: str
    advice_kk: str
    advice_ru: str
    advice_en: str

    def advice(self, language: str) -> str:
        return str(getattr(self, f"advice_{language}"))


@dataclass(frozen=True)
class StaffHazard:
    """All that staff may know of one hazard. Reports without contact data, which the application cannot read.

    `hazard` is a row with the columns of `Hazard`, but the shapes and words that no page shows: to be read, never to be
    written. `trace`: how its body was found.
    """

    hazard: Hazard
    kind: Kind
    body: Named | None
    area: Named | None
    near: str | None
    duplicate_of: str | None
    trace: Sequence[dict[str, Any]]
    trace_names: tuple[dict[str, str], dict[str, str]]
    reports: Rows
    photos: Rows
    events: Sequence[StaffEvent]
    calls: Rows


def hazard_for_staff(session: Session, *, actor: Actor, reference: str, language: str = "kk") -> StaffHazard:
    """The hazard with its history, or HazardNotFound: unknown and foreign ones are the same to the actor.

    Five statements (`staff_rows`).
    """
    row = hazard_row(session, reference, language)
    if row is None or not _may_see(actor, row):
        raise HazardNotFound(reference=reference)
    return StaffHazard(
        hazard=cast(Hazard, row),
        kind=_kind(row),
        body=_named(row.body_kk, row.body_ru, row.body_en),
        area=_named(row.area_kk, row.area_ru, row.area_en),
        near=row.near,
        duplicate_of=row.duplicate_of,
        trace=row.trace or (),
        trace_names=(row.trace_bodies or {}, row.trace_areas or {}),
        reports=report_rows(session, row.id),
        photos=photo_rows(session, actor, row.id),
        events=[as_seen_by(actor, line) for line in event_rows(session, actor, row.id, language)],
        calls=call_rows(session, row.id),
    )


def _kind(row: Any) -> Kind:
    return Kind(
        row.kind_kk, row.kind_ru, row.kind_en, row.hazard_type, row.type_group,
        row.advice_kk, row.advice_ru, row.advice_en,
    )  # fmt: skip


def _named(kk: str | None, ru: str | None, en: str | None) -> Named | None:
    """None where the join has found nothing: a name is never NULL."""
    return None if kk is None or ru is None or en is None else Named(kk, ru, en)


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


_HAZARD = select(Hazard).where(Hazard.reference == bindparam("reference", type_=Text))
"""Built once: putting a statement together costs more than the database takes to answer it."""
