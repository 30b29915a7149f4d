"""Sessions of signed-in people, kept on the server; of the token only its hash. And tries to sign in, for the brake."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class StaffSession(Base):
    """`device`: browser and system in words ("Chrome, Android"); `network`: its prefix. Neither names a person."""

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_account_id", "account_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(server_default="")
    network: Mapped[str] = mapped_column(server_default="")


class SignInTry(Base):
    """A failed try: `key` is a keyed hash of the address typed, with or without the network.

    Unlogged, and left out of dumps (decisions §19).
    """

    __tablename__ = "sign_in_try"
    __table_args__ = (Index("ix_sign_in_try_key_at", "key", "at"), {"prefixes": ["UNLOGGED"]})

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
