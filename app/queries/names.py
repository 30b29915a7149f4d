"""Names of what decisions and lists speak of: bodies, people, crews, and areas in the version of a day."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Account, Area, Body, Crew

NAMES = {"kk": "name_kk", "ru": "name_ru", "en": "name_en"}
"""The column of each language: an allow-list for the few statements that are written as text."""


def body_names(session: Session, codes: Collection[str], language: str) -> dict[str, str]:
    found = session.scalars(select(Body).where(Body.code.in_(codes)))
    return {body.code: body.name(language) for body in found}


def body_names_by_id(session: Session, ids: Collection[int], language: str) -> dict[int, str]:
    found = session.scalars(select(Body).where(Body.id.in_(ids)))
    return {body.id: body.name(language) for body in found}


def area_names(session: Session, codes: Collection[str], language: str, *, day: date) -> dict[str, str]:
    """Names by code; of a code that is not valid on `day`, that of its first version."""
    name = getattr(Area, f"name_{language}")
    valid = (Area.valid_from <= day) & (Area.valid_until.is_(None) | (Area.valid_until > day))
    rows = session.execute(
        select(Area.code, name).where(Area.code.in_(codes)).order_by(Area.code, valid, Area.valid_from.desc())
    )
    return {row[0]: row[1] for row in rows}  # the last of a code wins: the valid one, where there is one


def body_choices(session: Session, language: str) -> list[tuple[str, str]]:
    """(code, name) of the active bodies, by name."""
    found = session.scalars(select(Body).where(Body.active))
    return sorted(((body.code, body.name(language)) for body in found), key=lambda pair: pair[1])


def people_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Names of accounts by id."""
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in rows}


def crew_names(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Names of crews by id."""
    rows = session.execute(select(Crew.id, Crew.name).where(Crew.id.in_(ids)))
    return {row.id: row.name for row in rows}
