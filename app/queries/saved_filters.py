"""The filters somebody has given a name."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import SavedFilter


def filters_of(session: Session, account_id: int) -> Sequence[SavedFilter]:
    """All of one person, by name."""
    mine = select(SavedFilter).where(SavedFilter.account_id == account_id)
    return session.scalars(mine.order_by(SavedFilter.name, SavedFilter.id)).all()


def start_of(session: Session, account_id: int) -> str | None:
    """The query of the filter that is the person's start page."""
    mine = select(SavedFilter.query).where(SavedFilter.account_id == account_id, SavedFilter.start)
    return session.scalar(mine)
