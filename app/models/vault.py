"""The schema `vault`: sealed with a public key by whoever takes it in, opened by the desk and the contact worker.

The application's role inserts and finds its own row again by what is no secret; it never reads `sealed`
(decisions §18).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

SCHEMA = {"schema": "vault"}


class Contact(Base):
    """How to reach a follower: an address or a push subscription, sealed as JSON under the key `key_id`."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_delete_after", "delete_after"), SCHEMA)

    follow_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("follow.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    key_id: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    delete_after: Mapped[datetime | None]


class Held(Base):
    """A report whose words point to violence, or that a moderator put here: no hazard, nothing of it anywhere else.

    `sealed`: the report as JSON, None once erased. `hazard_id`: the hazard an operator made of it, in own words, or
    the one a moderator held. `told_at`: when the desk was told by mail. `mark`: of what was said, keyed with the
    receipt; written and never read: its index tells a repeat. None once erased, and where a moderator held it.
    """

    __tablename__ = "held"
    __table_args__ = (
        CheckConstraint("why IN ('words', 'moderator')", name="why"),
        CheckConstraint("state IN ('waiting', 'hazard', 'nothing', 'kept')", name="state"),
        CheckConstraint("(decided_at IS NULL) = (state = 'waiting')", name="decided"),
        Index("uq_held_reference", "reference", unique=True),
        Index("uq_held_client_id", "client_id", unique=True),
        Index("uq_held_receipt_hash", "receipt_hash", unique=True),
        Index("uq_held_mark", "mark", unique=True),
        Index("ix_held_waiting", "received_at", postgresql_where="state = 'waiting'"),
        Index("ix_held_hazard_id", "hazard_id"),
        SCHEMA,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    reference: Mapped[str]
    client_id: Mapped[UUID]
    receipt_hash: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    why: Mapped[str]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="waiting")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    hazard_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    told_at: Mapped[datetime | None]
    mark: Mapped[bytes | None] = mapped_column(LargeBinary)


class HeldPhoto(Base):
    """A photograph of a held report: redrawn, then sealed; it never lies in the photo store."""

    __tablename__ = "held_photo"
    __table_args__ = (Index("ix_held_photo_held_id", "held_id"), SCHEMA)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    held_id: Mapped[int] = mapped_column(ForeignKey("vault.held.id", ondelete="CASCADE"))
    key_id: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Look(Base):
    """Who opened a held report, and when: appended only."""

    __tablename__ = "look"
    __table_args__ = (Index("ix_look_held_id", "held_id"), SCHEMA)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    held_id: Mapped[int] = mapped_column(ForeignKey("vault.held.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class StaffPush(Base):
    """A browser in which somebody of the staff wants to be told: the subscription, sealed as JSON.

    `endpoint_key`: keyed hash, so that a browser is kept once and belongs to whoever has asked last.
    """

    __tablename__ = "staff_push"
    __table_args__ = (
        Index("uq_staff_push_endpoint_key", "endpoint_key", unique=True),
        Index("ix_staff_push_account_id", "account_id"),
        SCHEMA,
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    endpoint_key: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
