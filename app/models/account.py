"""People who sign in: staff, operators, moderators, administrators. Citizens have none."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, func, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.permissions import Actor, Role
from app.models.base import Base


class Account(Base):
    """`handle`: what a passkey knows the account by; `joined_at` None: invited, has no password yet.

    `invited_by`: who let them in; None: the command line, or nobody knows.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("roles <@ ARRAY[" + ", ".join(f"'{role}'" for role in Role) + "]::text[]", name="roles"),
        Index("uq_account_email", "email", unique=True),
        Index("uq_account_handle", "handle", unique=True),
        Index("ix_account_body_id", "body_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    language: Mapped[str] = mapped_column(server_default="kk")
    active: Mapped[bool] = mapped_column(server_default=true())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    mail_failed_at: Mapped[datetime | None]
    handle: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    joined_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    last_seen_at: Mapped[datetime | None]
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    @property
    def actor(self) -> Actor:
        return Actor(self.id, frozenset(Role(role) for role in self.roles), self.body_id, self.name)
