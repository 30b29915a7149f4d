"""What a crew has sent from the street: which sendings were done already."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class SentAct(Base):
    """An act by the id its device gave it: sent once more it does nothing. `version`: from which its device may
    go on: after the act, or what the device knew, where others had changed more meanwhile (`actions/crew_jobs.py`).

    The account is part of the key, so that nobody's sending can be taken for another's. `version` is null only while
    the act is being done.
    """

    __tablename__ = "sent_act"
    __table_args__ = (Index("ix_sent_act_at", "at"),)

    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    version: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime]
