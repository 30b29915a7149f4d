"""Append lines to a hazard's history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.actions.webhook_deliveries import tell_webhooks
from app.domain.follow import FOLLOWED
from app.domain.hazard import Status
from app.domain.permissions import Actor
from app.models import Event, Follow, Hazard
from app.models.base import table_of
from app.outbox import JobName, enqueue

EventRow = dict[str, Any]
_NEW = insert(table_of(Event)).returning(Event.id, sort_by_parameter_order=True)


def append_event(session: Session, **values: Any) -> int:
    """One line, its values as `event_row` takes them; the new event's id."""
    return append_events(session, [event_row(**values)])[0]


def append_events(session: Session, rows: Sequence[EventRow]) -> list[int]:
    """Many lines at once; the new events' ids, in the order of `rows`."""
    if not rows:
        return []
    ids = list(session.connection().scalars(_NEW, rows))
    tell_of(session, rows, ids)
    return ids


def tell_of(session: Session, rows: Sequence[EventRow], ids: Sequence[int]) -> None:
    """Followers and webhooks learn of new lines; of a row its kind, `public`, `at`, hazard and body are read."""
    _tell_followers(session, rows, ids)
    tell_webhooks(session, rows, ids)


def _tell_followers(session: Session, rows: Sequence[EventRow], ids: Sequence[int]) -> None:
    """A job for each line that matters of a hazard that anybody follows."""
    told = {
        number: row["hazard_id"]
        for row, number in zip(rows, ids, strict=True)
        if row["public"] and row["kind"] in FOLLOWED
    }
    if not told:
        return
    asked = select(Follow.hazard_id).where(Follow.hazard_id.in_(set(told.values())), Follow.confirmed_at.is_not(None))
    followed = set(session.scalars(asked))
    for event_id, hazard_id in told.items():
        if hazard_id in followed:
            enqueue(session, JobName.NOTIFY_FOLLOWERS, hazard_id=hazard_id, event_id=event_id)


def event_row(
    *,
    hazard_id: int,
    kind: str,
    at: datetime,
    by: Actor,
    status: Status,
    body_id: int | None = None,
    public: bool = True,
    note: str = "",
    **data: Any,
) -> EventRow:
    """A line to append. `data`: codes and ids only; empty values are left out."""
    if by.link_id is not None:
        data["link"] = by.link_id
    return {
        "hazard_id": hazard_id,
        "kind": kind,
        "at": at,
        "actor": _actor(by),
        "account_id": by.account_id,
        "body_id": body_id,
        "status": status.value,
        "public": public,
        "note": note,
        "data": {key: value for key, value in data.items() if value is not None},
    }


def _actor(by: Actor) -> str:
    if by.link_id is not None:
        return "contractor"
    return "account" if by.account_id is not None else ("system" if by.is_system else "reporter")


def note_inside(
    session: Session, hazard: Hazard, kind: str, *, by: Actor, now: datetime, note: str = "", **data: Any
) -> int:
    """One more line of a hazard's history that only staff see: what was done beside its status."""
    return append_event(
        session,
        hazard_id=hazard.id,
        kind=kind,
        at=now,
        by=by,
        status=Status(hazard.status),
        body_id=hazard.body_id,
        public=False,
        note=note,
        **data,
    )
