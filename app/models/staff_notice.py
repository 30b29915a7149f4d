"""What a member of staff is told by one channel, and what became of it.

Decision: one row for each event, person and channel under a key of its own; a digest is a row of the kind `digest`, to
which the rows it gathers point. Turned down: a table of digests beside this one, which would need its own sending, its
own retries and its own dead letters.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, false
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

STATES = "'queued', 'held', 'bundled', 'sent', 'refused', 'bounced', 'dropped', 'discarded'"


class StaffNotice(Base):
    """`held`: waits until `due_at` for a digest; `bundled`: goes out with `digest_id`; `dropped`: nothing is to be said
    any longer. `reached`: the browsers (`vault.staff_push`) that have it already.
    """

    __tablename__ = "staff_notice"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'push', 'sms')", name="channel"),
        CheckConstraint(f"state IN ({STATES})", name="state"),
        CheckConstraint("(state = 'held') = (due_at IS NOT NULL)", name="due_at"),
        CheckConstraint("state <> 'bundled' OR digest_id IS NOT NULL", name="digest"),
        Index("uq_staff_notice_key", "key", unique=True),
        Index("ix_staff_notice_account_id", "account_id", "state"),
        Index("ix_staff_notice_hazard_id", "hazard_id"),
        Index("ix_staff_notice_digest_id", "digest_id"),
        Index("ix_staff_notice_due_at", "due_at", postgresql_where="state = 'held'"),
        Index("ix_staff_notice_dead", "id", postgresql_where="state IN ('refused', 'bounced')"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    hazard_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str]
    channel: Mapped[str]
    critical: Mapped[bool] = mapped_column(server_default=false())
    state: Mapped[str] = mapped_column(server_default="queued")
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    error: Mapped[str] = mapped_column(server_default="")
    reached: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("staff_notice.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
