"""Who stands in for whom, from when until when: a manager says so for the own body, anybody for themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from app.actions.administration.own_body import ensure_keeps, ensure_work_there
from app.actions.administration.record import Change, Noun, Values, make, remove
from app.domain.errors import DayPast, OwnDeputy, PeriodBackwards, UnknownDeputy, UnknownPerson
from app.domain.permissions import Actor
from app.models import Account, Deputy


class DeputyNoun(Noun):
    name = "deputy"
    model = Deputy
    key = "id"
    fields: ClassVar[tuple[str, ...]] = ("account_id", "deputy_id", "starts_on", "ends_on")
    days: ClassVar[frozenset[str]] = frozenset({"starts_on", "ends_on"})
    missing = UnknownDeputy

    def key_value(self, key: str) -> int | None:
        return int(key) if key.isdecimal() and len(key) < 19 else None

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        """Two people of one body, and days in their order."""
        if row.account_id == row.deputy_id:
            raise OwnDeputy()
        if row.ends_on < row.starts_on:
            raise PeriodBackwards()
        with session.no_autoflush:
            ensure_work_there(session, body_of(session, row.account_id), [row.account_id, row.deputy_id])


DEPUTY = DeputyNoun()


def add_deputy(
    session: Session,
    *,
    by: Actor,
    account_id: int,
    deputy_id: int,
    starts_on: date,
    ends_on: date,
    today: date,
    now: datetime,
) -> Deputy:
    """Raises UnknownPerson, OwnDeputy, PeriodBackwards, DayPast."""
    _ensure_may(session, by, account_id)
    if ends_on < today:
        raise DayPast()
    values = {
        "account_id": account_id,
        "deputy_id": deputy_id,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat(),
    }
    made: Deputy = make(session, DEPUTY, values, change=Change(by, now))
    return made


def remove_deputy(session: Session, *, by: Actor, deputy_id: int, now: datetime) -> None:
    """Somebody is back, or goes later. Raises UnknownDeputy."""
    row: Deputy | None = DEPUTY.find(session, str(deputy_id))
    if row is None:
        raise UnknownDeputy()
    _ensure_may(session, by, row.account_id)
    remove(session, DEPUTY, row, change=Change(by, now))


def body_of(session: Session, account_id: int) -> int:
    """Raises UnknownPerson for who works for no body."""
    account = session.get(Account, account_id)
    if account is None or account.body_id is None:
        raise UnknownPerson()
    return account.body_id


def _ensure_may(session: Session, by: Actor, account_id: int) -> None:
    body_id = body_of(session, account_id)
    if by.account_id != account_id:
        ensure_keeps(by, body_id)
