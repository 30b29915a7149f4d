"""What somebody wants to be told, by what, and when not: kept by each for themselves."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.domain.errors import BadHours, BadPhone, NotPermitted
from app.domain.held import Sealed
from app.domain.permissions import Actor
from app.domain.staff_notices import URGENT, Channel, is_default, kinds_for
from app.i18n import LANGUAGES
from app.models import Account, StaffChoice, StaffPush, StaffSetting
from app.models.base import table_of

MOST_BROWSERS = 10
_PHONE = re.compile(r"\+[1-9][0-9]{9,14}")
_BLANKS = re.compile(r"[\s().-]")


@dataclass(frozen=True)
class Wishes:
    """`wanted`: (kind, channel), of those that were offered. `phone` as typed; "" for none."""

    wanted: Collection[tuple[str, str]]
    phone: str
    quiet_from: time | None
    quiet_until: time | None
    digest_hour: int | None


def save_wishes(session: Session, *, by: Actor, wishes: Wishes) -> None:
    """Keep them, in place of all before. Raises BadPhone, BadHours, NotPermitted."""
    account_id = _own(by)
    phone = _phone(wishes.phone)
    if (wishes.quiet_from is None) != (wishes.quiet_until is None):
        raise BadHours()
    setting = session.get(StaffSetting, account_id, with_for_update=True) or StaffSetting(account_id=account_id)
    if setting.phone != phone:
        setting.phone, setting.phone_failed_at = phone, None
    setting.quiet_from, setting.quiet_until = wishes.quiet_from, wishes.quiet_until
    setting.digest_hour = wishes.digest_hour
    session.add(setting)
    _keep_choices(session, account_id, by, set(wishes.wanted))


def choose_language(session: Session, *, by: Actor, language: str) -> None:
    """The language of all letters and messages to this person from now on. Raises NotPermitted."""
    if language not in LANGUAGES:
        raise ValueError(f"no language of ours: {language!r}")
    session.execute(update(Account).where(Account.id == _own(by)).values(language=language))


def add_browser(session: Session, *, by: Actor, endpoint_key: bytes, contact: Sealed, now: datetime) -> None:
    """Tell this person in this browser from now on, and nobody who used it before; the oldest of many goes."""
    account_id = _own(by)
    session.execute(delete(StaffPush).where(StaffPush.endpoint_key == endpoint_key))
    values = {"account_id": account_id, "endpoint_key": endpoint_key, "key_id": contact.key_id, "sealed": contact.data}
    session.execute(insert(table_of(StaffPush)).values(**values, created_at=now))
    mine = select(StaffPush.id).where(StaffPush.account_id == account_id).order_by(StaffPush.id.desc())
    session.execute(delete(StaffPush).where(StaffPush.id.in_(mine.offset(MOST_BROWSERS))))


def remove_browser(session: Session, *, by: Actor, browser_id: int) -> bool:
    """Whether there was such a one of the own."""
    mine = delete(StaffPush).where(StaffPush.id == browser_id, StaffPush.account_id == _own(by))
    return session.scalar(mine.returning(StaffPush.id)) is not None


def remove_this_browser(session: Session, *, by: Actor, endpoint_key: bytes) -> None:
    """Nothing more to this person in this browser; to somebody else who has asked since, still."""
    mine = (StaffPush.endpoint_key == endpoint_key) & (StaffPush.account_id == _own(by))
    session.execute(delete(StaffPush).where(mine))


def _keep_choices(session: Session, account_id: int, by: Actor, wanted: set[tuple[str, str]]) -> None:
    """Only what differs from the table: a table that becomes better then is better for all others."""
    session.execute(delete(StaffChoice).where(StaffChoice.account_id == account_id))
    for kind in (URGENT, *(each.value for each in kinds_for(by.roles))):
        for channel in Channel:
            wish = (kind, channel.value) in wanted
            if wish != is_default(kind, channel):
                session.add(StaffChoice(account_id=account_id, kind=kind, channel=channel.value, wanted=wish))


def _phone(typed: str) -> str | None:
    """`+` and digits; 8 701 … is Kazakhstan's own way to write +7 701 …."""
    number = _BLANKS.sub("", typed)
    if number.startswith("8") and len(number) == 11:
        number = "+7" + number[1:]
    if number and not _PHONE.fullmatch(number):
        raise BadPhone()
    return number or None


def _own(by: Actor) -> int:
    if by.account_id is None:
        raise NotPermitted(permission="")
    return by.account_id
