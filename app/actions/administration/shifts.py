"""The shift plan of an organisation, line by line. A line is taken away and made anew rather than changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from app.actions.administration.own_body import ensure_keeps, ensure_work_there
from app.actions.administration.record import Change, Noun, Values, make, remove
from app.domain.errors import BadChoice, NeedsCrew, UnknownCrew, UnknownShift
from app.domain.permissions import Actor
from app.domain.shifts import DAY_M
from app.models import Crew, Shift


@dataclass(frozen=True)
class ShiftFacts:
    """From when to when, in minutes since midnight; a person or a crew. Ends before it starts: on the next day."""

    starts: int
    ends: int
    account_id: int | None = None
    crew_id: int | None = None


class ShiftNoun(Noun):
    name = "shift"
    model = Shift
    key = "id"
    fields: ClassVar[tuple[str, ...]] = ("body_id", "weekday", "starts", "ends", "account_id", "crew_id")
    missing = UnknownShift

    def key_value(self, key: str) -> int | None:
        return int(key) if key.isdecimal() and len(key) < 19 else None

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        """Sense of the answers."""
        if not (0 <= row.weekday < 7 and 0 <= row.starts < DAY_M and 0 <= row.ends < DAY_M):
            raise BadChoice()
        if (row.account_id is None) == (row.crew_id is None):
            raise NeedsCrew()
        with session.no_autoflush:
            if row.account_id is not None:
                ensure_work_there(session, row.body_id, [row.account_id])
            crew = session.get(Crew, row.crew_id) if row.crew_id is not None else None
            if row.crew_id is not None and (crew is None or not crew.active or crew.body_id != row.body_id):
                raise UnknownCrew()


SHIFT = ShiftNoun()


def add_shifts(
    session: Session, *, by: Actor, body_id: int, weekdays: Collection[int], facts: ShiftFacts, now: datetime
) -> list[Shift]:
    """The same shift on each of these days. Raises BadChoice, NeedsCrew, UnknownPerson, UnknownCrew."""
    ensure_keeps(by, body_id)
    if not weekdays:
        raise BadChoice()
    given = {"starts": facts.starts, "ends": facts.ends, "account_id": facts.account_id, "crew_id": facts.crew_id}
    return [
        make(session, SHIFT, {"body_id": body_id, "weekday": weekday, **given}, change=Change(by, now))
        for weekday in sorted(set(weekdays))
    ]


def remove_shift(session: Session, *, by: Actor, shift_id: int, now: datetime) -> None:
    """Raises UnknownShift."""
    row: Shift | None = SHIFT.find(session, str(shift_id))
    if row is None:
        raise UnknownShift()
    ensure_keeps(by, row.body_id)
    remove(session, SHIFT, row, change=Change(by, now))
