"""Hazards of which who is on duty is told at once, in one call: after an import, new borders or the turn of a season.

`lead_id`: the hazard whose call tells of this one too; None: not told yet. `known_at`: since when somebody knows.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class DutyWaiting(Base):
    """`body_id`: whose people are called; None: the coordinator's."""

    __tablename__ = "duty_waiting"
    __table_args__ = (
        Index("ix_duty_waiting_body_id_since", "body_id", "since", postgresql_where="lead_id IS NULL"),
        Index("ix_duty_waiting_lead_id", "lead_id", postgresql_where="known_at IS NULL"),
    )

    hazard_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("hazard.id"), primary_key=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    since: Mapped[datetime]
    lead_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("hazard.id"))
    known_at: Mapped[datetime | None]
