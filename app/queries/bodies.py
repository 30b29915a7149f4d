"""Organisations by code, and as a list to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from app.models import Body, BodyKind, Hazard, Responsibility

PAGE = 50


def body_by_code(session: Session, code: str) -> Body | None:
    return session.scalar(select(Body).where(Body.code == code))


_ANSWERING = text("""
WITH RECURSIVE around AS (
  SELECT code, parent_code FROM area WHERE id = :area_id
  UNION SELECT a.code, a.parent_code FROM area a JOIN around i ON a.code = i.parent_code)
SELECT DISTINCT body_id FROM responsibility
 WHERE area_code IN (SELECT code FROM around) AND daterange(valid_from, valid_until) @> CAST(:day AS date)""")


def answering_there(session: Session, *, area_id: int | None, day: date) -> frozenset[int]:
    """Ids of the bodies that answer for anything in this area or one around it; none for a place in no area."""
    given = {"area_id": area_id, "day": day}
    return frozenset(session.scalars(_ANSWERING, given)) if area_id is not None else frozenset()


def active_bodies(session: Session, language: str) -> Sequence[tuple[int, str]]:
    """(id, name) of all that may get hazards, by name."""
    bodies = session.scalars(select(Body).where(Body.active))
    return sorted(((body.id, body.name(language)) for body in bodies), key=lambda pair: pair[1])


def open_hazards_of(session: Session, body_id: int) -> int:
    """How many open hazards a body has to see to."""
    return (
        session.scalar(select(func.count()).select_from(Hazard).where(Hazard.body_id == body_id, Hazard.is_open)) or 0
    )


@dataclass(frozen=True)
class Wanted:
    """What a list of bodies shows: `words` of a name, the code or the address; a kind; active ones or not (None: all).

    `after`: code of the last body of the page before.
    """

    words: str = ""
    kind: str = ""
    active: bool | None = None
    after: str = ""


def body_list(session: Session, wanted: Wanted, language: str) -> Sequence[Any]:
    """Up to PAGE + 1 of (Body, BodyKind, open hazards, rules), by name."""
    name = getattr(Body, f"name_{language}")
    hazards = select(func.count()).where(Hazard.body_id == Body.id, Hazard.is_open).scalar_subquery()
    rules = select(func.count()).where(Responsibility.body_id == Body.id).scalar_subquery()
    rows = select(Body, BodyKind, hazards, rules).join(BodyKind, BodyKind.code == Body.kind)
    rows = _narrowed(rows, wanted).order_by(name, Body.code).limit(PAGE + 1)
    last = body_by_code(session, wanted.after) if wanted.after else None
    if last is not None:
        rows = rows.where(tuple_(name, Body.code) > tuple_(last.name(language), last.code))
    return session.execute(rows).all()


def _narrowed(rows: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.words:
        columns = (Body.name_kk, Body.name_ru, Body.name_en, Body.code, Body.email)
        rows = rows.where(or_(*(column.icontains(wanted.words, autoescape=True) for column in columns)))
    if wanted.kind:
        rows = rows.where(Body.kind == wanted.kind)
    return rows if wanted.active is None else rows.where(Body.active.is_(wanted.active))


def body_kinds(session: Session, language: str) -> Sequence[tuple[str, str]]:
    """(code, name) of all kinds, by name."""
    kinds = session.scalars(select(BodyKind))
    return sorted(((kind.code, kind.name(language)) for kind in kinds), key=lambda pair: pair[1])


def all_bodies(session: Session, language: str) -> Sequence[tuple[int, str, bool]]:
    """(id, name, active) of every body, by name."""
    found = session.scalars(select(Body))
    return sorted(((body.id, body.name(language), body.active) for body in found), key=lambda row: row[1])
