"""Append one line to a hazard's history."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.hazard import Status
from app.domain.permissions import Actor
from app.models import Event


def append_event(
    session: Session,
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
) -> int:
    """The new event's id. `data`: codes and ids only; empty values are left out."""
    actor = "account" if by.account_id is not None else ("system" if by.is_system else "reporter")
    return session.scalars(
        insert(Event).returning(Event.id),
        {
            "hazard_id": hazard_id,
            "kind": kind,
            "at": at,
            "actor": actor,
            "account_id": by.account_id,
            "body_id": body_id,
            "status": status.value,
            "public": public,
            "note": note,
            "data": {key: value for key, value in data.items() if value is not None},
        },
    ).one()
