"""Who is on duty now and who is away, in words: for the inbox, the hand-over and the body's own page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.permissions import Actor, Permission
from app.i18n import format_day, gettext
from app.queries.hand_over import unread_notes
from app.queries.shifts import Away, away_of, who_is_on
from app.web.context import policy
from app.web.times import duration


def on_duty_words(session: Session, actor: Actor, now: datetime) -> dict[str, Any] | None:
    """For `staff/on_duty.html`; None for whoever works for no body."""
    body_id = actor.body_id
    if body_id is None or not actor.may(Permission.SEE_BODY_HAZARDS, body_id=body_id):
        return None
    away = away_of(session, body_id, day=policy().day(now))
    here = who_is_on(session, body_id, now, policy().timezone)
    return {
        "names": [each.name for each in here],
        "on": [_on(each.name, each.left_m) for each in here],
        "away": [away_words(each) for each in away],
        "mine": [away_words(each) for each in away if each.deputy_id == actor.account_id],
        "unread": unread_notes(session, body_id, actor.account_id),
    }


def away_words(each: Away) -> str:
    """Who is away until when, and who stands in."""
    return gettext(
        "%(name)s is away until %(day)s, %(deputy)s stands in",
        name=each.name,
        day=format_day(each.ends_on),
        deputy=each.deputy,
    )


def _on(name: str, left_m: int) -> str:
    return gettext("%(name)s (%(length)s left)", name=name, length=duration(timedelta(minutes=left_m)))
