"""Who has a hazard's page open, and when it last said so. Unlogged: worth nothing after a crash, and in no dump."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from app.models.limits import UNLOGGED


class Presence(Base):
    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_seen_at", "seen_at"), UNLOGGED)

    hazard_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("hazard.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
