"""Who of a body is called to urgent hazards, in which order. Removed contacts that were called before stay in the
history of those calls: they are switched off instead. The administrator keeps all lists, a manager
that of the own body. A contact without a body is the coordinator's, called where a body has nobody or nobody answers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.administration.own_body import ensure_keeps, ensure_known
from app.actions.administration.record import Change, Noun, Values, edit, make, remove
from app.domain.duty import EVERY_DAY
from app.domain.errors import BadChoice, BadEmail, HalfHours, NeedsName, UnknownDutyContact
from app.domain.permissions import Actor
from app.domain.text import clean
from app.i18n import LANGUAGES
from app.models import DutyContact

NAME_MAX, PHONE_MAX = 200, 60


@dataclass(frozen=True)
class ContactFacts:
    """All that may be said of a contact. Inactive: on leave, and not called.

    `weekdays` (1 is Monday), `starts`, `ends` (minutes of the day): when on duty; no times: the whole day.
    """

    name: str
    email: str
    phone: str | None
    language: str
    active: bool
    weekdays: list[int] = field(default_factory=lambda: list(EVERY_DAY))
    starts: int | None = None
    ends: int | None = None


class DutyNoun(Noun):
    name = "duty_contact"
    model = DutyContact
    key = "id"
    fields: ClassVar[tuple[str, ...]] = ("body_id", "position", *ContactFacts.__dataclass_fields__)
    missing = UnknownDutyContact

    def key_value(self, key: str) -> int | None:
        return int(key) if key.isdecimal() and len(key) < 19 else None

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        """Sense of the answers."""
        ensure_known(session, row.body_id)
        if not row.name:
            raise NeedsName()
        if row.language not in LANGUAGES or not row.weekdays or not set(row.weekdays) <= set(EVERY_DAY):
            raise BadChoice()
        if (row.starts is None) != (row.ends is None):
            raise HalfHours()


DUTY = DutyNoun()


def add_contact(session: Session, *, by: Actor, body_id: int | None, facts: ContactFacts, now: datetime) -> DutyContact:
    """One more, called last. Raises NeedsName, BadEmail, BadChoice, HalfHours, UnknownBody."""
    ensure_keeps(by, body_id)
    last = session.scalar(select(func.max(DutyContact.position)).where(DutyContact.body_id == body_id)) or 0
    values = {"body_id": body_id, "position": last + 1, **_cleaned(facts)}
    made: DutyContact = make(session, DUTY, values, change=Change(by, now))
    return made


def edit_contact(
    session: Session, *, by: Actor, contact_id: int, facts: ContactFacts, now: datetime, seen: str | None = None
) -> DutyContact:
    """Raises UnknownDutyContact, NothingChanged, StaleVersion and what `add_contact` raises."""
    row = _row(session, by, contact_id)
    edited: DutyContact = edit(session, DUTY, row, _cleaned(facts), change=Change(by, now), seen=seen)
    return edited


def remove_contact(session: Session, *, by: Actor, contact_id: int, now: datetime) -> None:
    """Raises StillInUse for one who was called to a hazard: switch that one off."""
    remove(session, DUTY, _row(session, by, contact_id), change=Change(by, now))


def call_earlier(session: Session, *, by: Actor, contact_id: int, now: datetime) -> None:
    """One place up. The first one stays the first."""
    row = _row(session, by, contact_id)
    asked = select(DutyContact).where(DutyContact.body_id == row.body_id).with_for_update()
    order = list(session.scalars(asked.order_by(DutyContact.position, DutyContact.id)))
    at = order.index(row)
    if at == 0:
        return
    order[at - 1], order[at] = order[at], order[at - 1]
    for position, each in enumerate(order, start=1):
        if each.position != position:
            edit(session, DUTY, each, {"position": position}, change=Change(by, now))


def _row(session: Session, by: Actor, contact_id: int) -> DutyContact:
    row: DutyContact | None = DUTY.find(session, str(contact_id))
    if row is None:
        raise UnknownDutyContact()
    ensure_keeps(by, row.body_id)
    return row


def _cleaned(facts: ContactFacts) -> Values:
    values = asdict(facts)
    values["name"] = clean(values["name"], limit=NAME_MAX)
    values["phone"] = clean(values["phone"] or "", limit=PHONE_MAX) or None
    try:
        values["email"] = validate_email(str(values["email"]).strip(), check_deliverability=False).normalized
    except EmailNotValidError as refused:
        raise BadEmail() from refused
    return values
