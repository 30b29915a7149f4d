"""Whoever is signed in ends the own sessions; each time a line of the audit, since a thief would do so too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.actions.account_news import note_by
from app.actions.sessions import end_one, end_sessions
from app.domain.account_news import News
from app.domain.permissions import Actor


def end_my_others(session: Session, *, by: Actor, here: bytes, now: datetime) -> None:
    """All but the one with the hash `here`."""
    end_sessions(session, account_id=by.account_id or 0, but=here)
    note_by(session, by, News.SESSIONS_ENDED, now=now)


def end_my_session(session: Session, *, by: Actor, starts: bytes, now: datetime) -> bool:
    """One, by the first bytes of its hash; whether there was one."""
    ended = end_one(session, account_id=by.account_id or 0, starts=starts)
    if ended:
        note_by(session, by, News.SESSION_ENDED, now=now)
    return ended
