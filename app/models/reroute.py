"""A run that decides anew who answers, and the hazards that it would move or has moved.

The preview is the run's own rows: what an administrator looked at is what the job then does, row by row, and a run that
was stopped goes on where it stood.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class RerouteRun(Base):
    """`forced`: those that a body confirmed move too. `looked_at`: how many hazards were compared; `borders`: by which
    version of the outlines; `audited`: the last change of rules before. State "looking": a worker is at it.
    """

    __tablename__ = "reroute_run"
    __table_args__ = (CheckConstraint("state IN ('looking', 'preview', 'running', 'stopped', 'done')", name="state"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    as_of: Mapped[date]
    forced: Mapped[bool]
    reason: Mapped[str]
    state: Mapped[str]
    looked_at: Mapped[int] = mapped_column(BigInteger, server_default="0")
    ended_at: Mapped[datetime | None]
    borders: Mapped[int] = mapped_column(BigInteger, server_default="0")
    audited: Mapped[int] = mapped_column(BigInteger, server_default="0")


class RerouteMove(Base):
    """`outcome` None: waits; `passed`: it had changed since the preview and was left alone."""

    __tablename__ = "reroute_move"
    __table_args__ = (
        CheckConstraint("outcome IN ('moved', 'passed')", name="outcome"),
        Index("ix_reroute_move_waiting", "run_id", "hazard_id", postgresql_where="outcome IS NULL"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("reroute_run.id", ondelete="CASCADE"), primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), primary_key=True)
    from_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    to_body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    basis: Mapped[str | None]
    confidence: Mapped[float] = mapped_column(Numeric(3, 2, asdecimal=False))
    trace: Mapped[list[dict[str, Any]]]
    outcome: Mapped[str | None]
