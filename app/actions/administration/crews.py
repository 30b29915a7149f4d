"""Crews of an organisation: made, renamed, closed, and who goes out with them.

None is deleted, since the history of hazards speaks of it. One that has work cannot be closed: who would do it?
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.administration.own_body import ensure_keeps, ensure_work_there
from app.actions.administration.record import Change, Noun, Values, edit, make, remove
from app.domain.errors import CrewHasWork, CrewNameTaken, NeedsName, NothingChanged, UnknownCrew
from app.domain.permissions import Actor
from app.domain.text import clean
from app.models import Crew, CrewMember, Hazard

NAME_MAX = 200


class CrewNoun(Noun):
    name = "crew"
    model = Crew
    key = "id"
    fields: ClassVar[tuple[str, ...]] = ("body_id", "name", "active")
    missing = UnknownCrew

    def key_value(self, key: str) -> int | None:
        return int(key) if key.isdecimal() and len(key) < 19 else None

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        """Sense of the answers."""
        if not row.name:
            raise NeedsName()
        with session.no_autoflush:
            namesake = select(Crew.id).where(Crew.body_id == row.body_id, Crew.name == row.name)
            if session.scalar(namesake.where(Crew.id != row.id) if row.id else namesake) is not None:
                raise CrewNameTaken()
            if before is not None and before["active"] and not row.active and _open_work(session, row.id):
                raise CrewHasWork()


class MemberNoun(Noun):
    """That somebody goes out with a crew; the key is "crew:person"."""

    name = "crew_member"
    model = CrewMember
    key = "crew_id"
    fields: ClassVar[tuple[str, ...]] = ("crew_id", "account_id")
    missing = UnknownCrew

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        """Of the crew's own body: who left it since is not put back by an undo either."""
        with session.no_autoflush:
            crew = session.get(Crew, row.crew_id)
            if crew is None:
                raise UnknownCrew()
            ensure_work_there(session, crew.body_id, [row.account_id])

    def find(self, session: Session, key: str) -> Any:
        crew, _sign, person = key.partition(":")
        if not (crew.isdecimal() and person.isdecimal() and len(key) < 38):
            return None
        return session.get(CrewMember, (int(crew), int(person)), with_for_update=True)

    def key_of(self, row: Any) -> str:
        return f"{row.crew_id}:{row.account_id}"


CREW, MEMBER = CrewNoun(), MemberNoun()


def add_crew(session: Session, *, by: Actor, body_id: int, name: str, now: datetime) -> Crew:
    """Raises NeedsName, CrewNameTaken."""
    ensure_keeps(by, body_id)
    values = {"body_id": body_id, "name": clean(name, limit=NAME_MAX), "active": True}
    made: Crew = make(session, CREW, values, change=Change(by, now))
    return made


def edit_crew(
    session: Session,
    *,
    by: Actor,
    crew_id: int,
    name: str,
    active: bool,
    members: Collection[int],
    now: datetime,
    seen: str | None = None,
) -> Crew:
    """The crew as it shall be, with these people.

    Raises UnknownCrew, NeedsName, CrewNameTaken, CrewHasWork, UnknownPerson, NothingChanged, StaleVersion.
    """
    crew: Crew | None = CREW.find(session, str(crew_id))
    if crew is None:
        raise UnknownCrew()
    ensure_keeps(by, crew.body_id)
    change = Change(by, now)
    moved = _set_members(session, crew, members, change)
    try:
        values = {"name": clean(name, limit=NAME_MAX), "active": active}
        edit(session, CREW, crew, values, change=change, seen=seen)
    except NothingChanged:
        if not moved:
            raise
    return crew


def _set_members(session: Session, crew: Crew, members: Collection[int], change: Change) -> bool:
    """Whether anybody came or went. Who left the body already goes without a question."""
    rows = {row.account_id: row for row in session.scalars(select(CrewMember).where(CrewMember.crew_id == crew.id))}
    come = set(members) - set(rows)
    ensure_work_there(session, crew.body_id, come)
    for account_id in sorted(come):
        make(session, MEMBER, {"crew_id": crew.id, "account_id": account_id}, change=change)
    for account_id in sorted(set(rows) - set(members)):
        remove(session, MEMBER, rows[account_id], change=change)
    return set(members) != set(rows)


def _open_work(session: Session, crew_id: int) -> int:
    return session.scalar(select(func.count()).where(Hazard.crew_id == crew_id, Hazard.is_open)) or 0
