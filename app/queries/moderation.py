"""What waits for a moderator: texts, photos and proposed rejections, the oldest first.

Decision: the four reasons are four lists of ids, each by its partial index. Turned down: one condition with "or", for
which the planner looks at every hazard there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, true, union
from sqlalchemy.orm import Session, aliased

from app.domain.hazard import Moderation
from app.models import Event, Hazard, HazardType, Photo, Report

INSIDE = select(Event.id).where(Event.id == Photo.event_id, Event.public.is_(False)).exists()
"""Of a photo: that it is of a body's internal line, which no moderator lets out."""
_WORDS_WAIT = (Report.moderation == Moderation.PENDING) & (Report.text != "") & Report.withdrawn_at.is_(None)


@dataclass(frozen=True)
class Waiting:
    """One hazard with whatever of it waits."""

    hazard: Hazard
    kind: HazardType
    reports: Sequence[Any]
    photos: Sequence[Any]


def queue(session: Session, *, page: int, size: int) -> list[Waiting]:
    """Page `page` (from 0) of the hazards with something to decide: urgent ones, then proposals, then the oldest."""
    hazards = session.execute(
        select(Hazard, HazardType)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .where(_waits())
        .order_by(Hazard.urgent.desc(), _proposed().desc(), Hazard.received_at, Hazard.id)
        .offset(page * size)
        .limit(size)
    ).all()
    return _with_the_rest(session, hazards, Photo.moderation == Moderation.PENDING)


def one(session: Session, reference: str) -> list[Waiting]:
    """One hazard with all its photos, decided or not; none where there is no such hazard."""
    hazards = session.execute(
        select(Hazard, HazardType)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .where(Hazard.reference == reference)
    ).all()
    return _with_the_rest(session, hazards, true())


def _with_the_rest(session: Session, hazards: Sequence[Any], which_photos: Any) -> list[Waiting]:
    ids = [hazard.id for hazard, _ in hazards]
    reports = _by_hazard(session.execute(
        select(Report.hazard_id, Report.id, Report.kind, Report.text, Report.language, Report.channel,
               Report.received_at, _WORDS_WAIT.label("waits"))
        .where(Report.hazard_id.in_(ids), Report.withdrawn_at.is_(None)).order_by(Report.received_at, Report.id)
    ).all())  # fmt: skip
    photos = _by_hazard(session.execute(
        select(Photo.hazard_id, Photo.public_id, Photo.kind, Photo.moderation, Report.kind.label("said"))
        .outerjoin(Report, Report.id == Photo.report_id)
        .where(Photo.hazard_id.in_(ids), ~INSIDE, which_photos).order_by(Photo.added_at, Photo.id)
    ).all())  # fmt: skip
    return [Waiting(hazard, kind, reports.get(hazard.id, []), photos.get(hazard.id, [])) for hazard, kind in hazards]


def photo_of(session: Session, public_id: str) -> Any:
    """A photo with the reference of its hazard, or None; nothing of what is held."""
    return session.execute(
        select(Photo.public_id, Photo.content_key, Photo.width, Photo.height, Photo.kind, Hazard.reference)
        .join(Hazard, Hazard.id == Photo.hazard_id)
        .where(Photo.public_id == public_id, ~INSIDE, ~Hazard.held)
    ).one_or_none()


def waiting(session: Session) -> int:
    """How many hazards have something to decide."""
    return session.scalar(select(func.count()).select_from(Hazard).where(_waits())) or 0


def _waits() -> Any:
    itself = aliased(Hazard)
    ids = union(
        select(itself.id).where(itself.moderation == Moderation.PENDING),
        select(itself.id).where(_proposed(itself)),
        select(Report.hazard_id).where(_WORDS_WAIT),
        select(Photo.hazard_id).where(Photo.moderation == Moderation.PENDING, ~INSIDE),
    )
    return ~Hazard.held & Hazard.id.in_(ids)


def _proposed(hazard: type[Hazard] = Hazard) -> Any:
    return hazard.is_open & hazard.rejection_reason.is_not(None)


def _by_hazard(rows: Sequence[Any]) -> Mapping[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.hazard_id, []).append(row)
    return grouped
