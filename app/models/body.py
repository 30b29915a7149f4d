"""Organisations that can be responsible, and their kinds."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Named


class BodyKind(Named, Base):
    __tablename__ = "body_kind"

    code: Mapped[str] = mapped_column(primary_key=True)


class Body(Named, Base):
    """`mail_failed_at` is set while its address is known to be dead; an administrator sees an alarm."""

    __tablename__ = "body"
    __table_args__ = (Index("uq_body_code", "code", unique=True),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    code: Mapped[str]
    kind: Mapped[str] = mapped_column(ForeignKey("body_kind.code"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    email: Mapped[str | None]
    phone: Mapped[str | None]
    working_hours: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="kk")
    active: Mapped[bool] = mapped_column(server_default=true())
    mail_failed_at: Mapped[datetime | None]
