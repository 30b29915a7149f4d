"""Kinds of hazards as an administrator sees them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import HazardType


def all_types(session: Session) -> Sequence[HazardType]:
    """Every type, also the one that cannot be reported, in the taxonomy's order."""
    return session.scalars(select(HazardType).order_by(HazardType.position, HazardType.code)).all()
