"""A letter that tells a person what happened to the account, so that they can do something if it was not them.

Decision: the address stands in the row, since after a change of address the account has the new one and the old one
must be told; ids alone go into the queue. A row is forgotten after a month. Turned down: the audit as the place for it,
which is kept for good and never holds an address.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class AccountLetter(Base):
    """`what`: see `domain/account_news.py`. `refused_at`: the mail server would not take it."""

    __tablename__ = "account_letter"
    __table_args__ = (
        CheckConstraint(
            "what IN ('password', 'password_reset', 'email_asked', 'email', 'app_on', 'app_off', 'passkey_on',"
            " 'passkey_off', 'codes', 'factors_dropped')",
            name="what",
        ),
        Index("ix_account_letter_account_id", "account_id"),
        Index("ix_account_letter_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    what: Mapped[str]
    email: Mapped[str]
    at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
