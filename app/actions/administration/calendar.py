"""Days on which work differs from Monday to Friday. Due times that are set already do not move with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from app.actions.administration.record import Change, Noun, Values, edit, make, remove
from app.domain.errors import DayTaken, NeedsNames, UnknownDay
from app.domain.permissions import Actor, Permission, ensure
from app.domain.text import clean
from app.models import CalendarDay

NAME_MAX = 200
Names = tuple[str, str, str]
"""Kazakh, Russian, English."""


class DayNoun(Noun):
    name = "day"
    model = CalendarDay
    key = "day"
    fields: ClassVar[tuple[str, ...]] = ("day", "working", "name_kk", "name_ru", "name_en")
    days = frozenset({"day"})
    missing = UnknownDay

    def key_value(self, key: str) -> date | None:
        try:
            return date.fromisoformat(key)
        except ValueError:
            return None

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        if not (row.name_kk and row.name_ru and row.name_en):
            raise NeedsNames()


DAY = DayNoun()


def add_day(session: Session, *, by: Actor, day: date, working: bool, names: Names, now: datetime) -> CalendarDay:
    """Put a day into the calendar. Raises DayTaken, NeedsNames."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    if session.get(CalendarDay, day) is not None:
        raise DayTaken()
    made: CalendarDay = make(session, DAY, {"day": day.isoformat(), **_values(working, names)}, change=Change(by, now))
    return made


def edit_day(
    session: Session, *, by: Actor, day: date, working: bool, names: Names, now: datetime, seen: str | None = None
) -> CalendarDay:
    """Change what a day is. Raises UnknownDay, NeedsNames, StaleVersion, NothingChanged."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    row = _day(session, day)
    edited: CalendarDay = edit(session, DAY, row, _values(working, names), change=Change(by, now), seen=seen)
    return edited


def remove_day(session: Session, *, by: Actor, day: date, now: datetime, seen: str | None = None) -> None:
    """Let a day be like any other again."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    remove(session, DAY, _day(session, day), change=Change(by, now), seen=seen)


def _day(session: Session, day: date) -> CalendarDay:
    row: CalendarDay | None = DAY.find(session, day.isoformat())
    if row is None:
        raise UnknownDay()
    return row


def _values(working: bool, names: Names) -> Values:
    said = [clean(name, limit=NAME_MAX) for name in names]
    return {"working": working, "name_kk": said[0], "name_ru": said[1], "name_en": said[2]}
