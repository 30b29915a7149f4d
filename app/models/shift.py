"""The shift plan of a body: in each week, from when to when, which person or crew is at work."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Shift(Base):
    """`weekday`: Monday is 0; `starts` and `ends`: minutes since midnight in local time (`domain/shifts.py`)."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("starts BETWEEN 0 AND 1439 AND ends BETWEEN 0 AND 1439", name="minutes"),
        CheckConstraint("(account_id IS NULL) <> (crew_id IS NULL)", name="person_or_crew"),
        Index("ix_shift_body_id", "body_id", "weekday", "starts", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    weekday: Mapped[int] = mapped_column(SmallInteger)
    starts: Mapped[int] = mapped_column(SmallInteger)
    ends: Mapped[int] = mapped_column(SmallInteger)
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("account.id"))
    crew_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("crew.id"))
