"""A link by mail that does one thing to an account, once: join, choose a new password, take a new address.

Decision: the link's token is made of `seed` and the server's key whenever it is needed, so that a job that is run again
sends the same letter; the table alone, in a stolen backup, opens nothing. A row without an account is a letter asked
for an address that has none: nobody can tell the two apart by the clock.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class LinkPurpose(StrEnum):
    INVITE = "invite"
    RESET = "reset"
    EMAIL = "email"


class AccountLink(Base):
    """`email`: the new address, for that purpose only. `refused_at`: the mail server would not take the letter."""

    __tablename__ = "account_link"
    __table_args__ = (
        CheckConstraint("purpose IN ('invite', 'reset', 'email')", name="purpose"),
        CheckConstraint("(purpose = 'email') = (email IS NOT NULL)", name="email"),
        Index("uq_account_link_token_hash", "token_hash", unique=True),
        Index("ix_account_link_account_id", "account_id"),
        Index("ix_account_link_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    language: Mapped[str]
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    email: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
