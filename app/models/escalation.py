"""Who was told that a clock runs out: each step of the schedule once for each hazard and clock."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Escalation(Base):
    __tablename__ = "escalation"

    hazard_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("hazard.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("event.id"))
