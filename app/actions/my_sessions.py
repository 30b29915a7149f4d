"""Whoever is signed in ends the own sessions; each time a line of the audit, since a thief would do so too.

Which browser a session that is ended was told in, nobody knows: the messages of all others end (`sessions.py`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.actions.account_news import note_by
from app.actions.sessions import end_everywhere, end_one, silence
from app.domain.account_news import News
from app.domain.permissions import Actor


def end_my_others(session: Session, *, by: Actor, here: bytes, browser: bytes | None, now: datetime) -> bool:
    """All but the one with the hash `here`; whether messages in browsers but `browser` ended."""
    silenced = end_everywhere(session, account_id=by.account_id or 0, but=here, browser=browser)
    note_by(session, by, News.SESSIONS_ENDED, now=now)
    return silenced


def end_my_session(session: Session, *, by: Actor, starts: bytes, browser: bytes | None, now: datetime) -> bool | None:
    """One, by the first bytes of its hash; None where there is none, else as `end_my_others`."""
    account_id = by.account_id or 0
    if not end_one(session, account_id=account_id, starts=starts):
        return None
    note_by(session, by, News.SESSION_ENDED, now=now)
    return silence(session, account_id=account_id, but=browser)
