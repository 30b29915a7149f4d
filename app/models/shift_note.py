"""What one shift leaves to the next, and who of the next has read it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class ShiftNote(Base):
    """`hazards`: references of what stood open and pressing when it was written."""

    __tablename__ = "shift_note"
    __table_args__ = (
        CheckConstraint("(read_at IS NULL) = (read_by IS NULL)", name="read_together"),
        Index("ix_shift_note_body_id_at", "body_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    at: Mapped[datetime]
    by_account: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id"))
    note: Mapped[str]
    hazards: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    read_at: Mapped[datetime | None]
    read_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("account.id"))
