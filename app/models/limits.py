"""How much has come from where: counts by a keyed hash that dies with its day (decisions §19). Unlogged: in no dump.

`day_key` is drawn anew each day and forgotten after; without it nobody can tell which address a count belonged to.
"""

from datetime import date, datetime

from sqlalchemy import Index, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

UNLOGGED = {"prefixes": ["UNLOGGED"]}


class DayKey(Base):
    __tablename__ = "day_key"
    __table_args__ = UNLOGGED

    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class IntakeCount(Base):
    """`hour`: the beginning of the hour in which `n` reports came from `key`."""

    __tablename__ = "intake_count"
    __table_args__ = (Index("ix_intake_count_hour", "hour"), UNLOGGED)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
