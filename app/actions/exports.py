"""That somebody took hazards out of here in a file: who, which filter, how many, and whether with reporters' words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import NotPermitted
from app.domain.permissions import Actor, Permission
from app.models import AuditEntry


def note_export(
    session: Session, *, by: Actor, file_format: str, asked: dict[str, Any], count: int, words: bool, now: datetime
) -> None:
    """Append the entry. Raises NotPermitted: words of reports are for those who answer them."""
    if not any(by.may(each, anywhere=True) for each in (Permission.SEE_BODY_HAZARDS, Permission.SEE_ALL_HAZARDS)):
        raise NotPermitted(permission=Permission.SEE_BODY_HAZARDS.value)
    if words and not may_have_words(by):
        raise NotPermitted(permission=Permission.DISPATCH.value)
    after = {"filter": asked, "count": count, "words": words}
    session.add(AuditEntry(at=now, by_account=by.account_id, noun="export", key=file_format, before=None, after=after))
    session.flush()


def may_have_words(by: Actor) -> bool:
    """Whether a file for this person may hold what reporters wrote."""
    return by.may(Permission.DISPATCH, anywhere=True)
