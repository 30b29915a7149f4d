"""Call whoever is on duty to a hazard that threatens lives, one after the other, until somebody says "I know".

Decision: each call is one row, made before the mail goes out and marked after, so that a worker killed in between calls
again and nobody is called twice for another reason; while one worker is telling somebody, another waits (`claimed_at`).
Whose hours it is comes first; the body's people are followed by the coordinator's, who stand in where a body has none
and where no body answers. Who answered before a hazard was opened again, came back to their organisation or was left
by what made it safe, has not answered now: those calls go, their links with them. Turned down: telling all contacts at
once, after which each trusts that another one goes. Whose token it is that acknowledges needs no account: the link
itself came to that person.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from app.actions.alarms import raise_alarm
from app.actions.duty_many import all_known
from app.actions.history import note_inside
from app.domain.duty import in_turn, mobile_number
from app.domain.errors import UnknownDutyCall
from app.domain.lifecycle import Act
from app.domain.permissions import SYSTEM
from app.models import DutyCall, DutyContact, DutyWaiting, Event, Hazard
from app.outbox import JobName, enqueue
from app.queries.duty import is_called_to

NO_CONTACT, UNANSWERED = "duty_no_contact", "duty_unanswered"
ERROR_MAX = 500
_ACTS = (Act.REOPEN.value, Act.DISPUTE.value, Act.FORWARD.value, Act.ARBITRATE.value)
ANEW = (*_ACTS, "rerouted", "triaged", "made_safe_expired")
"""Kinds of events after which those on duty are called from the first one on."""


CLAIMED_FOR = timedelta(minutes=2)
"""Longer than a mail server may take; a worker that died has lost its claim by then."""


class BeingCalled(Exception):
    """Another worker is telling this contact right now: ask again later."""


@dataclass(frozen=True)
class Call:
    """To be told now. `token` acknowledges. `mobile`: takes an SMS as well; None where there is none."""

    call_id: int
    hazard_id: int
    name: str
    email: str
    language: str
    token: str
    mobile: str | None = None


def call_next(session: Session, *, hazard_id: int, zone: ZoneInfo, now: datetime) -> Call | None:
    """The call to be made now; None where nobody is to be called: answered, still waiting, or nobody is left.

    Raises BeingCalled.
    """
    hazard = _locked(session, hazard_id)
    if hazard is None or not is_called_to(hazard):
        return None
    contacts = _contacts(session, hazard.body_id, now.astimezone(zone))
    if not contacts or (hazard.body_id is not None and contacts[0].body_id is None):
        _alarm(session, hazard, NO_CONTACT, key=f"{NO_CONTACT}:{hazard.body_id}", now=now)
    if not contacts:
        return None
    _forget_older(session, hazard)
    made = {call.contact_id: call for call in _calls(session, hazard)}
    if _told_with_another(session, hazard) or any(call.acknowledged_at for call in made.values()):
        return None
    waiting = next((call for call in made.values() if call.passed_on_at is None), None)
    if waiting is not None:
        return _told_again(session, waiting, now)
    fresh = next((contact for contact in contacts if contact.id not in made), None)
    if fresh is None:
        if _alarm(session, hazard, UNANSWERED, key=f"{UNANSWERED}:{hazard.id}", now=now):
            note_inside(session, hazard, "duty_unanswered", by=SYSTEM, now=now)
        return None
    return _make(session, hazard, fresh, now)


def call_told(session: Session, *, call_id: int, now: datetime) -> None:
    """The provider has taken the mail."""
    call = session.get_one(DutyCall, call_id, with_for_update=True)
    call.told_at, call.claimed_at, call.error = call.told_at or now, None, ""


def call_failed(session: Session, *, call_id: int, error: str, now: datetime, for_good: bool) -> None:
    """The mail could not go out. `for_good`: the address is dead, and the next is called at once."""
    call = session.get_one(DutyCall, call_id, with_for_update=True)
    call.error, call.claimed_at = error[:ERROR_MAX], None
    if for_good and call.passed_on_at is None:
        _pass_on(session, call, now)


def acknowledge(session: Session, *, token: str, now: datetime) -> None:
    """ "I know": nobody else is called. The same again changes nothing. Raises UnknownDutyCall."""
    call = session.scalar(select(DutyCall).where(DutyCall.token == token).with_for_update())
    if call is None:
        raise UnknownDutyCall()
    hazard, contact = session.get_one(Hazard, call.hazard_id), session.get_one(DutyContact, call.contact_id)
    if hazard.held or not hazard.is_open or not contact.active or contact.body_id not in {None, hazard.body_id}:
        raise UnknownDutyCall()
    if call.acknowledged_at is None:
        call.acknowledged_at = now
        note_inside(session, hazard, "duty_acknowledged", by=SYSTEM, now=now, contact=call.contact_id)
        all_known(session, lead_id=hazard.id, now=now)


def pass_on_unanswered(session: Session, *, after: timedelta, now: datetime) -> int:
    """Give up on calls that nobody has answered in time, and call the next; how many."""
    late = session.scalars(
        select(DutyCall)
        .where(DutyCall.acknowledged_at.is_(None), DutyCall.passed_on_at.is_(None), DutyCall.made_at <= now - after)
        .order_by(DutyCall.made_at)
        .limit(200)
        .with_for_update(skip_locked=True)
    ).all()
    for call in late:
        _pass_on(session, call, now)
    return len(late)


def _pass_on(session: Session, call: DutyCall, now: datetime) -> None:
    call.passed_on_at = now
    hazard = session.get_one(Hazard, call.hazard_id)
    if hazard.is_open and not hazard.held:
        note_inside(session, hazard, "duty_passed_on", by=SYSTEM, now=now, contact=call.contact_id)
        enqueue(session, JobName.CALL_DUTY, hazard_id=hazard.id)


def _make(session: Session, hazard: Hazard, contact: DutyContact, now: datetime) -> Call:
    token = secrets.token_urlsafe(24)
    call = DutyCall(hazard_id=hazard.id, contact_id=contact.id, token=token, made_at=now, claimed_at=now)
    session.add(call)
    session.flush()
    note_inside(session, hazard, "duty_called", by=SYSTEM, now=now, contact=contact.id)
    return _call(call, contact)


def _told_again(session: Session, call: DutyCall, now: datetime) -> Call | None:
    """Whoever was not told yet, since a worker died or no server took the mail."""
    if call.told_at is not None:
        return None
    if call.claimed_at is not None and call.claimed_at > now - CLAIMED_FOR:
        raise BeingCalled
    call.claimed_at = now
    return _call(call, session.get_one(DutyContact, call.contact_id))


def _call(call: DutyCall, contact: DutyContact) -> Call:
    mobile = mobile_number(contact.phone)
    return Call(call.id, call.hazard_id, contact.name, contact.email, contact.language, call.token, mobile)


def _forget_older(session: Session, hazard: Hazard) -> None:
    """Calls from before it began anew; that they were made stands in the history."""
    moved = and_(Event.kind == Act.CORRECT.value, Event.data.has_key("from_body"))
    anew = select(func.max(Event.at)).where(Event.hazard_id == hazard.id, or_(Event.kind.in_(ANEW), moved))
    since = session.scalar(anew)
    if since is not None:
        session.execute(delete(DutyCall).where(DutyCall.hazard_id == hazard.id, DutyCall.made_at < since))
        session.execute(delete(DutyWaiting).where(DutyWaiting.hazard_id == hazard.id, DutyWaiting.since < since))


def _told_with_another(session: Session, hazard: Hazard) -> bool:
    """Whether it is told of in the call to another one; where it only waits for that, it is called to by itself now."""
    waiting = session.get(DutyWaiting, hazard.id, with_for_update=True)
    if waiting is None or waiting.lead_id == hazard.id:
        return False
    if waiting.lead_id is not None and waiting.body_id == hazard.body_id:
        return True
    session.delete(waiting)
    return False


def _of(body_id: int | None) -> ColumnElement[bool]:
    return or_(DutyContact.body_id == body_id, DutyContact.body_id.is_(None))


def _contacts(session: Session, body_id: int | None, local: datetime) -> list[DutyContact]:
    """The body's in turn, then the coordinator's."""
    asked = select(DutyContact).where(_of(body_id), DutyContact.active)
    found = session.scalars(asked.order_by(DutyContact.position, DutyContact.id)).all()
    theirs = [contact for contact in found if contact.body_id is not None]
    return in_turn(theirs, local) + in_turn([contact for contact in found if contact.body_id is None], local)


def _calls(session: Session, hazard: Hazard) -> list[DutyCall]:
    """Of the body that answers now, and of the coordinator."""
    theirs = select(DutyContact.id).where(_of(hazard.body_id))
    asked = select(DutyCall).where(DutyCall.hazard_id == hazard.id, DutyCall.contact_id.in_(theirs))
    return list(session.scalars(asked.with_for_update()))


def _locked(session: Session, hazard_id: int) -> Hazard | None:
    asked = select(Hazard).where(Hazard.id == hazard_id).with_for_update(key_share=True)
    return session.scalar(asked.execution_options(populate_existing=True))


def _alarm(session: Session, hazard: Hazard, kind: str, *, key: str, now: datetime) -> bool:
    return raise_alarm(session, key=key, kind=kind, body_id=hazard.body_id, hazard_id=hazard.id, now=now)
