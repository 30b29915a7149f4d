"""What waits for a moderator: texts, photos and proposed rejections, the oldest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.hazard import Moderation
from app.models import Hazard, HazardType, Photo, Report

_WAITS_FOR_PHOTO = select(Photo.id).where(Photo.hazard_id == Hazard.id, Photo.moderation == Moderation.PENDING).exists()


@dataclass(frozen=True)
class Waiting:
    """One hazard with whatever of it waits."""

    hazard: Hazard
    kind: HazardType
    reports: Sequence[Any]
    photos: Sequence[Any]


def queue(session: Session, *, limit: int) -> list[Waiting]:
    """The oldest `limit` hazards with something to decide."""
    hazards = session.execute(
        select(Hazard, HazardType)
        .join(HazardType, HazardType.code == Hazard.hazard_type)
        .where(_waits())
        .order_by(Hazard.urgent.desc(), Hazard.received_at, Hazard.id)
        .limit(limit)
    ).all()
    ids = [hazard.id for hazard, _ in hazards]
    reports = _by_hazard(session.execute(
        select(Report.hazard_id, Report.text, Report.language, Report.channel, Report.received_at)
        .where(Report.hazard_id.in_(ids)).order_by(Report.received_at, Report.id)
    ).all())  # fmt: skip
    photos = _by_hazard(session.execute(
        select(Photo.hazard_id, Photo.public_id, Photo.kind, Photo.width, Photo.height)
        .where(Photo.hazard_id.in_(ids), Photo.moderation == Moderation.PENDING).order_by(Photo.added_at, Photo.id)
    ).all())  # fmt: skip
    return [Waiting(hazard, kind, reports.get(hazard.id, []), photos.get(hazard.id, [])) for hazard, kind in hazards]


def waiting(session: Session) -> int:
    """How many hazards have something to decide."""
    return session.scalar(select(func.count()).select_from(Hazard).where(_waits())) or 0


def _waits() -> Any:
    proposed = Hazard.is_open & Hazard.rejection_reason.is_not(None)
    return or_(Hazard.moderation == Moderation.PENDING, proposed, _WAITS_FOR_PHOTO)


def _by_hazard(rows: Sequence[Any]) -> Mapping[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.hazard_id, []).append(row)
    return grouped
