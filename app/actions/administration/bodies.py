"""Organisations: made, edited, switched off. None is deleted, since hazards and their history speak of it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.administration.record import Change, Noun, Values, edit, make
from app.domain.errors import (
    BadBodyCode,
    BadChoice,
    BadEmail,
    BadPublicPhone,
    BodyCodeTaken,
    BodyHasHazards,
    NeedsNames,
    ParentCycle,
    UnknownBody,
)
from app.domain.permissions import Actor, Permission, ensure
from app.domain.telephone import is_number
from app.domain.text import clean
from app.i18n import LANGUAGES
from app.models import Body, BodyKind
from app.queries.bodies import body_by_code, open_hazards_of

CODE = re.compile(r"(?!new$)[a-z0-9][a-z0-9-]{1,59}")
"""Not "new": under that address stands the form for another one."""
NAME_MAX, SHORT_MAX = 300, 200
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(:key)")


@dataclass(frozen=True)
class BodyFacts:
    """All that may be said of a body. `parent_id`: who stands above it."""

    name_kk: str
    name_ru: str
    name_en: str
    kind: str
    email: str | None
    phone: str | None
    working_hours: str
    parent_id: int | None
    language: str
    active: bool


class BodyNoun(Noun):
    name = "body"
    model = Body
    key = "code"
    fields: ClassVar[tuple[str, ...]] = ("code", *BodyFacts.__dataclass_fields__)
    missing = UnknownBody

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        """Sense of the answers. A new address is written to again, whatever became of the old one."""
        if not (row.name_kk and row.name_ru and row.name_en):
            raise NeedsNames()
        with session.no_autoflush:
            if session.get(BodyKind, row.kind) is None or row.language not in LANGUAGES:
                raise BadChoice()
            _check_parents(session, row)
        if before is not None and before["email"] != row.email:
            row.mail_failed_at = None


class WatchedBodyNoun(BodyNoun):
    """One that is not switched off while hazards are open."""

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        super().check(session, row, before)
        if before is not None and before["active"] and not row.active and open_hazards_of(session, row.id):
            raise BodyHasHazards()


BODY = WatchedBodyNoun()
_ALL_THE_SAME = BodyNoun()


def make_body(session: Session, *, by: Actor, code: str, facts: BodyFacts, now: datetime) -> Body:
    """A new body. Raises BadBodyCode, BodyCodeTaken and what `edit_body` raises."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    if not CODE.fullmatch(code):
        raise BadBodyCode()
    if body_by_code(session, code) is not None:
        raise BodyCodeTaken()
    made: Body = make(session, BODY, {"code": code, **_cleaned(facts)}, change=Change(by, now))
    return made


def edit_body(
    session: Session,
    *,
    by: Actor,
    code: str,
    facts: BodyFacts,
    now: datetime,
    seen: str | None = None,
    leave_hazards: bool = False,
) -> Body:
    """Change a body; with `leave_hazards` it may be switched off although it has open ones, which stay with it.

    Raises UnknownBody, NeedsNames, BadChoice, BadEmail, BadPublicPhone, ParentCycle, BodyHasHazards, StaleVersion,
    NothingChanged.
    """
    ensure(by, Permission.ADMINISTER, anywhere=True)
    row = BODY.find(session, code)
    if row is None:
        raise UnknownBody()
    noun = _ALL_THE_SAME if leave_hazards else BODY
    edited: Body = edit(session, noun, row, _cleaned(facts), change=Change(by, now), seen=seen)
    return edited


def _cleaned(facts: BodyFacts) -> Values:
    values = asdict(facts)
    for name in ("name_kk", "name_ru", "name_en"):
        values[name] = clean(values[name], limit=NAME_MAX)
    values["working_hours"] = clean(values["working_hours"], limit=SHORT_MAX)
    values["phone"] = phone_or_none(values["phone"])
    values["email"] = email_or_none(values["email"])
    return values


def phone_or_none(given: str | None) -> str | None:
    """The number as it was typed, None for nothing: everybody sees it, as a link to call. Raises BadPublicPhone."""
    number = clean(given or "", limit=SHORT_MAX)
    if number and not is_number(number):
        raise BadPublicPhone()
    return number or None


def email_or_none(given: str | None) -> str | None:
    """The address in its usual form, None for nothing. Raises BadEmail."""
    if not (given or "").strip():
        return None
    try:
        return validate_email(str(given).strip(), check_deliverability=False).normalized
    except EmailNotValidError as refused:
        raise BadEmail() from refused


def _check_parents(session: Session, row: Any) -> None:
    """Walk up from the parent: whoever meets the body itself goes in a circle. One change of parents at a time."""
    met, above = set(), row.parent_id
    session.execute(_ONE_AT_A_TIME, {"key": 4_711_020})
    while above is not None:
        if above == row.id or above in met:
            raise ParentCycle()
        met.add(above)
        parent = session.execute(select(Body.id, Body.parent_id).where(Body.id == above)).one_or_none()
        if parent is None:
            raise UnknownBody()
        above = parent.parent_id
