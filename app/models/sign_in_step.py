"""A sign-in, or the making of a passkey, that is half done: kept on the server for minutes, used once.

Decision: a row and a random token in a cookie of its own. Turned down: Flask's signed cookie, which can be sent again
after use, so that a challenge would not be one.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class StepPurpose(StrEnum):
    SECOND = "second"
    PASSKEY = "passkey"
    REGISTER = "register"


class SignInStep(Base):
    """`account_id` None: somebody who has not said who they are, and shows a passkey."""

    __tablename__ = "sign_in_step"
    __table_args__ = (
        CheckConstraint("purpose IN ('second', 'passkey', 'register')", name="purpose"),
        Index("ix_sign_in_step_account_id", "account_id"),
        Index("ix_sign_in_step_expires_at", "expires_at"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
