"""Who wants to know how a hazard goes on. The address lies sealed in the vault; here is only what sending needs.

Each notice is one row under a key of its own: the provider may be asked twice, the row says what became of it.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Follow(Base):
    """`token` confirms and ends it, from a link. `address_key`: keyed hash of the address, so that nobody follows a
    hazard twice. Notices go out from `confirmed_at` on; a push subscription is confirmed by being made.
    """

    __tablename__ = "follow"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'push')", name="channel"),
        Index("uq_follow_token", "token", unique=True),
        Index("uq_follow_hazard_id_address_key", "hazard_id", "address_key", unique=True),
        Index("ix_follow_report_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    channel: Mapped[str]
    language: Mapped[str]
    token: Mapped[str]
    address_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Notice(Base):
    """One message to one follower; `event_id` None for the question whether the address is theirs.

    `reader_key`: keyed hash of the address, put here by the worker that opened it: who follows with a receipt and
    without one reads of an event once. Nobody else computes or compares it.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'refused', 'discarded')", name="state"),
        CheckConstraint("(sent_at IS NULL) = (state <> 'sent')", name="sent_at"),
        Index("uq_notice_key", "key", unique=True),
        Index("ix_notice_follow_id", "follow_id"),
        Index("uq_notice_event_id_reader_key", "event_id", "reader_key", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[str]
    follow_id: Mapped[int] = mapped_column(ForeignKey("follow.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str]
    reader_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(server_default="queued")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    error: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
