"""Responsibilities as a list, and areas found by what an administrator typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models import Area, Body, Responsibility

PAGE = 100
SUGGESTED = 400
MATCHES = 8


@dataclass(frozen=True)
class WantedRules:
    """`body`: its code; `area`: a code; `on`: only rules that are or will be in force after that day, None: all."""

    body: str = ""
    area: str = ""
    on: date | None = None
    after: int = 0


def rule_list(session: Session, wanted: WantedRules) -> Sequence[Any]:
    """Up to PAGE + 1 of (Responsibility, Body), by number."""
    rows = (
        select(Responsibility, Body)
        .join(Body, Body.id == Responsibility.body_id)
        .where(Responsibility.id > wanted.after)
        .order_by(Responsibility.id)
        .limit(PAGE + 1)
    )
    if wanted.body:
        rows = rows.where(Body.code == wanted.body)
    if wanted.area:
        rows = rows.where(Responsibility.area_code == wanted.area)
    if wanted.on is not None:
        rows = rows.where(or_(Responsibility.valid_until.is_(None), Responsibility.valid_until > wanted.on))
    return session.execute(rows).all()


def areas_like(session: Session, typed: str, language: str) -> list[tuple[str, str]]:
    """(code, name) of the areas meant by what was typed: a code or a whole name means one, a part of a name several.

    At most MATCHES, the largest areas first.
    """
    exact = session.scalars(select(Area.code).where(Area.code == typed).limit(1)).all()
    if exact:
        return _named(session, Area.code == typed, language)
    names = (Area.name_kk, Area.name_ru, Area.name_en)
    whole = _named(session, or_(*(func.lower(name) == typed.lower() for name in names)), language)
    if whole:
        return whole
    return _named(session, or_(*(name.icontains(typed, autoescape=True) for name in names)), language)


def suggested_areas(session: Session, language: str) -> list[tuple[str, str]]:
    """(code, name) to choose from while typing, the largest first; the smallest of a whole country are left out."""
    return _named(session, Area.valid_until.is_(None), language, limit=SUGGESTED)


def _named(session: Session, which: Any, language: str, *, limit: int = MATCHES) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Area.code, getattr(Area, f"name_{language}"))
        .where(which)
        .order_by(Area.rank, Area.code, Area.valid_from.desc())
        .limit(limit * 2)
    )
    newest: dict[str, str] = {}
    for code, name in rows:
        newest.setdefault(code, name)
    return list(newest.items())[:limit]
