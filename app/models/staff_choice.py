"""What somebody wants to be told, how, and when not. Without a row the table of `domain/staff_notices.py` holds."""

from datetime import datetime, time

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class StaffChoice(Base):
    """One answer that differs from the default, of a person for a kind and a channel."""

    __tablename__ = "staff_choice"
    __table_args__ = (CheckConstraint("channel IN ('email', 'push', 'sms')", name="channel"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    wanted: Mapped[bool]


class StaffSetting(Base):
    """`quiet_from`, `quiet_until`: local time, may cross midnight. `digest_hour`: one letter a day; None: at once.

    `phone_failed_at` is set while the number is known to take nothing.
    """

    __tablename__ = "staff_setting"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_together"),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
    )

    account_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    phone: Mapped[str | None]
    phone_failed_at: Mapped[datetime | None]
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    digest_hour: Mapped[int | None] = mapped_column(SmallInteger)
