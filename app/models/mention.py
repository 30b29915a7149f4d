"""Who was named in an internal note, and whether they have read it. The note itself is a line of the history."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Mention(Base):
    __tablename__ = "mention"
    __table_args__ = (
        Index("ix_mention_account_id_event_id", "account_id", "event_id"),
        Index("ix_mention_unread", "account_id", postgresql_where="read_at IS NULL"),
    )

    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
