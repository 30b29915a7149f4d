"""What an account signs in with beside its password: codes of an app, recovery codes, passkeys.

Decision: the secret of the app's codes lies sealed (`actions/second_factor.py`), since whoever reads a backup could
else make the codes. Recovery codes are 80 random bits, so that a plain hash is enough; it needs no key, and they work
when the key of the secrets is lost. Public keys of passkeys are no secret.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class OneTimeCode(Base):
    """The app on a phone. `confirmed_at` None: shown, and not yet proved; `last_step`: of the last code used."""

    __tablename__ = "one_time_code"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten; used once."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("ix_recovery_code_account_id", "account_id"),)

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A key in a phone, a computer or a stick; `sign_count` tells a copied one, where the key counts."""

    __tablename__ = "passkey"
    __table_args__ = (
        Index("uq_passkey_credential_id", "credential_id", unique=True),
        Index("ix_passkey_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
