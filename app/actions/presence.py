"""Say that somebody has a hazard's page open: one row for each person and hazard, overwritten, unlogged.

Decision: the page says so again every twenty seconds while it is seen. Turned down: a lock of the hazard, which a
closed laptop would keep, and a socket for each page (decisions §25).
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.permissions import Actor
from app.models import Presence

KEPT = timedelta(days=1)


def be_present(session: Session, *, by: Actor, hazard_id: int, now: datetime) -> None:
    """`by` looks at it now."""
    if by.account_id is None:
        return
    row = insert(Presence).values(hazard_id=hazard_id, account_id=by.account_id, seen_at=now)
    session.execute(row.on_conflict_do_update(index_elements=["hazard_id", "account_id"], set_={"seen_at": now}))


def forget_presence(session: Session, *, now: datetime) -> None:
    """Who looked at what yesterday is nobody's business."""
    session.execute(delete(Presence).where(Presence.seen_at < now - KEPT))
