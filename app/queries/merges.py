"""Joinings of hazards as pages and receipts ask for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.hazard import ReportKind
from app.models import Account, Hazard, Merge, Report


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


def last_seen(session: Session, hazard: Hazard) -> datetime:
    """When somebody last said that a hazard is there: a report that was not taken back, or "still dangerous"."""
    said = (ReportKind.NEW, ReportKind.SEEN_TOO, ReportKind.STILL_DANGEROUS)
    theirs = Report.hazard_id == hazard.id, Report.kind.in_(said), Report.withdrawn_at.is_(None)
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
