"""What an act says to people beside what it does: a question to reporters, colleagues named in a note.

Called by the engine of all acts (`hazards.py`) with the row locked and the line of the history written.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.actions.notify_staff import tell_staff
from app.actions.questions import ask_reporters
from app.domain.errors import UnknownColleague
from app.domain.hazard import Moderation
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Actor, Permission
from app.domain.policy import Policy
from app.domain.staff_notices import StaffKind
from app.models import Event, Hazard, Mention, Photo
from app.queries.mentions import who_may_be_mentioned


def after_act(
    session: Session,
    hazard: Hazard,
    act: Act,
    given: Given,
    *,
    by: Actor,
    event_id: int,
    policy: Policy,
    now: datetime,
) -> None:
    """Ask, mention; whoever acts has seen the answers. Raises NobodyToAsk, ClockRanOut, UnknownColleague …"""
    if by.may(Permission.DISPATCH, body_id=hazard.body_id):
        hazard.answer_waits = False
    if given.photos:
        keep_inside(session, event_id, now=now)
    if act is Act.ASK:
        ask_reporters(session, hazard, given, by=by, event_id=event_id, policy=policy, now=now)
    if given.mentions:
        _mention(session, hazard, given.mentions, by=by, event_id=event_id, now=now)


def keep_inside(session: Session, event_id: int, *, now: datetime) -> None:
    """Photos of an internal line wait for no moderator, who might let them out: they are kept from the public."""
    inside = select(Event.id).where(Event.id == event_id, Event.public.is_(False))
    kept = update(Photo).where(Photo.event_id.in_(inside)).values(moderation=Moderation.REFUSED.value, moderated_at=now)
    session.execute(kept, execution_options={"synchronize_session": False})


def read_mentions(session: Session, *, by: Actor, now: datetime, hazard_id: int | None = None) -> None:
    """`by` has read where they were named: on one hazard, or (None) everywhere."""
    mine = update(Mention).where(Mention.account_id == by.account_id, Mention.read_at.is_(None))
    session.execute((mine if hazard_id is None else mine.where(Mention.hazard_id == hazard_id)).values(read_at=now))


def _mention(
    session: Session, hazard: Hazard, accounts: Sequence[int], *, by: Actor, event_id: int, now: datetime
) -> None:
    """Name colleagues in the line of the history, once each, and tell them."""
    people = list(dict.fromkeys(accounts))
    may = {each.id for each in who_may_be_mentioned(session, hazard.body_id, but=by.account_id)}
    if not may.issuperset(people):
        raise UnknownColleague()
    rows = [{"event_id": event_id, "account_id": each, "hazard_id": hazard.id, "at": now} for each in people]
    session.execute(insert(Mention), rows)
    tell_staff(
        session, kind=StaffKind.MENTION.value, hazard_id=hazard.id, event_id=event_id, accounts=people, now=now
    )  # fmt: skip
