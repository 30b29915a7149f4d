"""An entry of the audit for what no administrator undoes by one press: a webhook, a host, a letter thrown away."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.permissions import Actor
from app.models import AuditEntry


def note_audit(
    session: Session,
    *,
    by: Actor,
    noun: str,
    key: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    now: datetime,
) -> None:
    """Never holds a secret or an address of a person."""
    session.add(AuditEntry(at=now, by_account=by.account_id, noun=noun, key=key, before=before, after=after))
    session.flush()
