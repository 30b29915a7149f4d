"""What waits for a moderator: texts, photos and proposed rejections, the oldest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session

from app.domain.hazard import Moderation
from app.models import Hazard, HazardType, Photo, Report

_WORDS_WAIT = (Report.moderation == Moderation.PENDING) & (Report.text != "") & Report.withdrawn_at.is_(None)
_WAITS_FOR_WORDS = select(Report.id).where(Report.hazard_id == Hazard.id, _WORDS_WAIT).exists()
_WAITS_FOR_PHOTO = select(Photo.id).where(Photo.hazard_id == Hazard.id, Photo.moderation == Moderation.PENDING).exists()


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
        .where(Photo.hazard_id.in_(ids), which_photos).order_by(Photo.added_at, Photo.id)
    ).all())  # fmt: skip
    return [Waiting(hazard, kind, reports.get(hazard.id, []), photos.get(hazard.id, [])) for hazard, kind in hazards]


def photo_of(session: Session, public_id: str) -> Any:
    """A photo with the reference of its hazard, or None; nothing of what is held."""
    return session.execute(
        select(Photo.public_id, Photo.content_key, Photo.width, Photo.height, Photo.kind, Hazard.reference)
        .join(Hazard, Hazard.id == Photo.hazard_id)
        .where(Photo.public_id == public_id, ~Hazard.held)
    ).one_or_none()


def waiting(session: Session) -> int:
    """How many hazards have something to decide."""
    return session.scalar(select(func.count()).select_from(Hazard).where(_waits())) or 0


def _waits() -> Any:
    return ~Hazard.held & or_(Hazard.moderation == Moderation.PENDING, _proposed(), _WAITS_FOR_WORDS, _WAITS_FOR_PHOTO)


def _proposed() -> Any:
    return Hazard.is_open & Hazard.rejection_reason.is_not(None)


def _by_hazard(rows: Sequence[Any]) -> Mapping[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.hazard_id, []).append(row)
    return grouped
