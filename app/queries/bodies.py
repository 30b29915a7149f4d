"""Organisations by code, and as a list to choose from."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Body, Hazard


def body_by_code(session: Session, code: str) -> Body | None:
    return session.scalar(select(Body).where(Body.code == code))


def active_bodies(session: Session, language: str) -> Sequence[tuple[int, str]]:
    """(id, name) of all that may get hazards, by name."""
    bodies = session.scalars(select(Body).where(Body.active))
    return sorted(((body.id, body.name(language)) for body in bodies), key=lambda pair: pair[1])


def open_hazards_of(session: Session, body_id: int) -> int:
    """How many open hazards a body has to see to."""
    return (
        session.scalar(select(func.count()).select_from(Hazard).where(Hazard.body_id == body_id, Hazard.is_open)) or 0
    )
