"""Held reports. The first half is asked by the application's role, which knows that there is something and where it
stands; the second by the desk's role, which reads what is sealed (decisions §18).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.hazard import ReportKind
from app.domain.held import ERASED_AFTER, HeldState
from app.models import Account, Hazard, Held, HeldPhoto, Look, Photo, Report

MANY = 200
KNOWN = (
    Held.id,
    Held.reference,
    Held.client_id,
    Held.receipt_hash,
    Held.why,
    Held.received_at,
    Held.state,
    Held.decided_at,
    Held.hazard_id,
    Held.told_at,
)
"""All that the application's role may read."""


def by_receipt(session: Session, receipt_hash: bytes) -> Any:
    """What is held of a receipt: the report itself, or its hazard by a moderator; None where it is a hazard at work."""
    report = session.execute(
        select(Report.hazard_id, Hazard.held)
        .join(Hazard, Hazard.id == Report.hazard_id)
        .where(Report.receipt_hash == receipt_hash)
    ).first()
    if report is not None:
        return of_hazard(session, report.hazard_id) if report.held else None
    return session.execute(select(*KNOWN).where(Held.receipt_hash == receipt_hash)).first()


def of_hazard(session: Session, hazard_id: int) -> Any:
    """What a moderator's flag last made of a hazard, or None."""
    return session.execute(select(*KNOWN).where(Held.hazard_id == hazard_id).order_by(Held.id.desc()).limit(1)).first()


def by_id(session: Session, held_id: int) -> Any:
    """One, or None."""
    return session.execute(select(*KNOWN).where(Held.id == held_id)).first()


def waiting_since(session: Session) -> tuple[int, datetime | None]:
    """How many wait, and since when the oldest does."""
    row = session.execute(
        select(func.count(), func.min(Held.received_at)).where(Held.state == HeldState.WAITING)
    ).one()  # fmt: skip
    return row[0], row[1]


@dataclass(frozen=True)
class ToBeHeld:
    """What a moderator's flag takes away from everybody: the reports of a hazard and the photos of reporters."""

    reports: Sequence[Any]
    photos: Sequence[Any]

    @property
    def ids(self) -> tuple[frozenset[int], frozenset[int]]:
        return frozenset(row.id for row in self.reports), frozenset(row.id for row in self.photos)


def hazard_to_hold(session: Session, reference: str) -> Any:
    """What the desk must know of a hazard; None where it is held already, or is none."""
    return session.execute(
        select(Hazard.id, Hazard.hazard_type, Hazard.geom).where(Hazard.reference == reference, ~Hazard.held)
    ).first()


def to_be_held(session: Session, hazard_id: int) -> ToBeHeld:
    """The oldest first."""
    reports = session.execute(
        select(Report.id, Report.text, Report.language, Report.someone_hurt)
        .where(Report.hazard_id == hazard_id)
        .order_by((Report.kind != ReportKind.NEW), Report.id)
    ).all()
    photos = session.execute(
        select(Photo.id, Photo.content_key)
        .where(Photo.hazard_id == hazard_id, Photo.report_id.is_not(None))
        .order_by(Photo.id)
    ).all()
    return ToBeHeld(reports, photos)


def names(session: Session, account_ids: Sequence[int]) -> dict[int, str]:
    """Names of accounts by id."""
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(account_ids))).all()
    return {row.id: row.name for row in rows}


def waiting_list(session: Session) -> Sequence[Any]:
    """For the desk: what waits, the oldest first, with the last look at each (`account_id`, `at`); no contents."""
    return session.execute(_with_look().where(Held.state == HeldState.WAITING).order_by(Held.received_at)).all()


def decided_list(session: Session, *, now: datetime) -> Sequence[Any]:
    """For the desk: what was decided in the last thirty days or is kept, the newest first."""
    lately = (Held.decided_at > now - ERASED_AFTER) | (Held.state == HeldState.KEPT)
    return session.execute(
        _with_look().where(Held.state != HeldState.WAITING, lately).order_by(Held.decided_at.desc()).limit(MANY)
    ).all()


def _with_look() -> Any:
    last = select(Look.held_id, func.max(Look.id).label("id")).group_by(Look.held_id).subquery()
    return (
        select(
            *(Held.reference, Held.why, Held.received_at, Held.state, Held.decided_at, Held.decided_by),
            *(Held.sealed.is_(None).label("erased"), Look.account_id, Look.at),
        )
        .outerjoin(last, last.c.held_id == Held.id)
        .outerjoin(Look, Look.id == last.c.id)
    )


def sealed_report(session: Session, reference: str) -> Held | None:
    """For the desk: the whole row."""
    return session.scalar(select(Held).where(Held.reference == reference))


def sealed_photos(session: Session, held_id: int) -> Sequence[HeldPhoto]:
    """For the desk: in the order they were sent."""
    return session.scalars(select(HeldPhoto).where(HeldPhoto.held_id == held_id).order_by(HeldPhoto.id)).all()


def looks(session: Session, held_id: int) -> Sequence[Look]:
    """For the desk: who opened it, the newest first."""
    return session.scalars(select(Look).where(Look.held_id == held_id).order_by(Look.id.desc()).limit(MANY)).all()
