"""Organisations by code, and as a list to choose from."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Body


def body_by_code(session: Session, code: str) -> Body | None:
    return session.scalar(select(Body).where(Body.code == code))


def active_bodies(session: Session, language: str) -> Sequence[tuple[int, str]]:
    """(id, name) of all that may get hazards, by name."""
    bodies = session.scalars(select(Body).where(Body.active))
    return sorted(((body.id, body.name(language)) for body in bodies), key=lambda pair: pair[1])
