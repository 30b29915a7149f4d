"""A duplicate joined to the hazard that stays, with all that undoing needs; and pairs that a person called different.

`before`: columns of both as they were (`dup`, `kept`); `given`: what the merge wrote on the kept one. Undoing takes a
value back only where it is still the merge's: what people changed since, stays.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Merge(Base):
    """`hazard_id` was joined to `into_id`. `report_ids`, `photo_ids`, `follow_ids`, `question_ids`: what moved;

    `confirmed_ids`: followers of the kept one who had proved the same address as followers of the duplicate.
    """

    __tablename__ = "merge"
    __table_args__ = (
        CheckConstraint("hazard_id <> into_id", name="two"),
        CheckConstraint("undone_by IS NULL OR undone_at IS NOT NULL", name="undone"),
        Index("uq_merge_standing", "hazard_id", unique=True, postgresql_where="undone_at IS NULL"),
        Index("ix_merge_into_id", "into_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    at: Mapped[datetime]
    by_account: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    report_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    photo_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    follow_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    question_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    confirmed_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    before: Mapped[dict[str, Any]]
    given: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class NotSame(Base):
    """Said by a person, for good: "No, another one". The smaller id first, so that a pair is one row."""

    __tablename__ = "not_same"
    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), primary_key=True)
    by_account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
