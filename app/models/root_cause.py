"""A task that a body is proposed when the same spot is dangerous again and again: mend the cause, not the cover.

One that is not settled for each spot; after "done" or "no" the next repeat proposes a new one.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

UNSETTLED = ("proposed", "accepted")


class RootCause(Base):
    """`spot_id`: the first hazard of the spot. `hazard_ids`: all of it, oldest first. `plan`: what the body will do;

    `note`: what was done, or why nothing will be.
    """

    __tablename__ = "root_cause"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'accepted', 'done', 'declined')", name="state"),
        CheckConstraint("(ended_at IS NULL) = (state IN ('proposed', 'accepted'))", name="ended"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted_together"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_together"),
        Index("uq_root_cause_spot_id", "spot_id", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_root_cause_body_id_state", "body_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    spot_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    hazard_type: Mapped[str] = mapped_column(ForeignKey("hazard_type.code"))
    hazard_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    state: Mapped[str] = mapped_column(server_default="proposed")
    proposed_at: Mapped[datetime]
    plan: Mapped[str] = mapped_column(server_default="")
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(server_default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
