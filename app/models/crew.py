"""Crews of a body: who goes out together. A person may be in several."""

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Crew(Base):
    __tablename__ = "crew"
    __table_args__ = (Index("uq_crew_body_id_name", "body_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=true())


class CrewMember(Base):
    __tablename__ = "crew_member"
    __table_args__ = (Index("ix_crew_member_account_id", "account_id"),)

    crew_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("crew.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
