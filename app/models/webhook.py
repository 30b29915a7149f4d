"""Where a body's own system is told what happens to its hazards, and what became of each message.

Decision: no secret is kept. It is derived from the installation's key, the row and `secret_version` (`jobs/webhooks.py`
and the page that shows it once), so that a stolen table signs nothing. Hosts are allowed by two administrators
(security notes T13).
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class WebhookHost(Base):
    """Allowed once two different administrators have said so."""

    __tablename__ = "webhook_host"
    __table_args__ = (
        CheckConstraint("(first_by IS NULL) = (first_at IS NULL)", name="first"),
        CheckConstraint("(second_by IS NULL) = (second_at IS NULL)", name="second"),
        CheckConstraint("second_by IS NULL OR (first_by IS NOT NULL AND first_by <> second_by)", name="two_people"),
    )

    host: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    first_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    first_at: Mapped[datetime | None]
    second_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_at: Mapped[datetime | None]


class Webhook(Base):
    """One for each body. `failed_at`: when messages began to be given up; an alarm stands meanwhile."""

    __tablename__ = "webhook"
    __table_args__ = (Index("uq_webhook_body_id", "body_id", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    url: Mapped[str]
    host: Mapped[str] = mapped_column(ForeignKey("webhook_host.host"))
    active: Mapped[bool] = mapped_column(server_default=true())
    secret_version: Mapped[int] = mapped_column(server_default="1")
    rotated_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class WebhookDelivery(Base):
    """One event told to one webhook, once for each key."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'refused', 'dropped', 'discarded')", name="state"),
        Index("uq_webhook_delivery_key", "key", unique=True),
        Index("ix_webhook_delivery_webhook_id", "webhook_id", "id"),
        Index("ix_webhook_delivery_hazard_id", "hazard_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[str]
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    state: Mapped[str] = mapped_column(server_default="queued")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    error: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
