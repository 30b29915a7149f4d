"""Mail to a body: the outbox row carries the key that makes each message one, and what became of it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Message(Base):
    """`key` is the outbox key, sent as Message-ID: the provider sees each key once, a bounce finds its row by it."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'refused', 'bounced', 'discarded')", name="state"),
        CheckConstraint("state = 'discarded' OR (sent_at IS NULL) = (state IN ('queued', 'refused'))", name="sent_at"),
        Index("uq_message_key", "key", unique=True),
        Index("ix_message_hazard_id", "hazard_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[str]
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    kind: Mapped[str]
    recipient: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="queued")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    error: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
