"""Joinings of hazards as pages and receipts ask for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.hazard import ReportKind
from app.models import Account, Hazard, Merge, Report

SAID = (ReportKind.NEW, ReportKind.SEEN_TOO, ReportKind.STILL_DANGEROUS)
"""By which somebody says that a hazard is there."""


def standing_merges(session: Session, hazard_id: int) -> Sequence[Row[Any]]:
    """Joinings to or of a hazard that stand: Merge, duplicate, kept, who; the newest first."""
    duplicate, kept = aliased(Hazard, name="duplicate"), aliased(Hazard, name="kept")
    return session.execute(
        select(
            Merge,
            duplicate.reference.label("duplicate"),
            kept.reference.label("kept"),
            Account.name.label("who"),
            duplicate.body_id.label("duplicate_body"),
            kept.body_id.label("kept_body"),
        )
        .join(duplicate, duplicate.id == Merge.hazard_id)
        .join(kept, kept.id == Merge.into_id)
        .outerjoin(Account, Account.id == Merge.by_account)
        .where(Merge.undone_at.is_(None), or_(Merge.hazard_id == hazard_id, Merge.into_id == hazard_id))
        .order_by(Merge.id.desc())
    ).all()  # type: ignore[return-value]  # rows by name


def joined_to(session: Session, hazard_id: int) -> Sequence[Merge]:
    """Joinings that stand, of hazards that are part of this one: also through others that were joined to it."""
    standing = Merge.undone_at.is_(None)
    part = select(Merge.id, Merge.hazard_id).where(Merge.into_id == hazard_id, standing).cte(recursive=True)
    chained = select(Merge.id, Merge.hazard_id).join(part, Merge.into_id == part.c.hazard_id).where(standing)
    found = select(Merge).where(Merge.id.in_(select(part.union(chained).c.id)))
    return session.scalars(found.order_by(Merge.id)).all()


def joined_seen_at(session: Session, hazard_id: int) -> datetime | None:
    """When somebody last said, before it was joined, that one of the hazards is there that are part of this one."""
    merges = joined_to(session, hazard_id)
    theirs = Report.id.in_({each for merge in merges for each in merge.report_ids})
    came = select(func.max(Hazard.received_at)).where(Hazard.id.in_([merge.hazard_id for merge in merges]))
    said = select(func.max(Report.received_at)).where(theirs, Report.kind.in_(SAID), Report.withdrawn_at.is_(None))
    moments = [session.scalar(came), session.scalar(said)] if merges else []
    return max((moment for moment in moments if moment), default=None)


def last_seen(session: Session, hazard: Hazard) -> datetime:
    """When somebody last said that a hazard is there: a report that was not taken back, or "still dangerous"."""
    theirs = Report.hazard_id == hazard.id, Report.kind.in_(SAID), Report.withdrawn_at.is_(None)
    last = session.scalar(select(func.max(Report.received_at)).where(*theirs))
    return max(hazard.received_at, last) if last else hazard.received_at


def is_joined(session: Session, hazard_id: int) -> bool:
    """Whether a joining of this duplicate stands: it comes back by undoing that."""
    standing = select(Merge.id).where(Merge.hazard_id == hazard_id, Merge.undone_at.is_(None))
    return session.scalar(standing.limit(1)) is not None


def goes_on(session: Session, merge: Merge) -> bool:
    """Whether another one was joined since, or the kept one itself: then that is undone first."""
    later = (Merge.into_id == merge.into_id) & (Merge.id > merge.id)
    chained = Merge.hazard_id == merge.into_id
    return session.scalar(select(Merge.id).where(Merge.undone_at.is_(None), later | chained).limit(1)) is not None


def joined_from(session: Session, *, report_id: int, hazard_id: int) -> list[str]:
    """References under which a report was taken in before its hazard was joined to this one; the first one first."""
    found = session.execute(
        select(Merge.at, Hazard.reference)
        .join(Hazard, Hazard.id == Merge.hazard_id)
        .where(Merge.into_id == hazard_id, Merge.undone_at.is_(None), Merge.report_ids.contains([report_id]))
        .order_by(Merge.id)
    ).all()
    return [row.reference for row in found]


def root_of(session: Session, hazard: Hazard) -> Hazard:
    """The hazard that a duplicate has become part of; itself where it is none."""
    seen = {hazard.id}
    while hazard.duplicate_of_id is not None and hazard.duplicate_of_id not in seen:
        seen.add(hazard.duplicate_of_id)
        hazard = session.get_one(Hazard, hazard.duplicate_of_id)
    return hazard
