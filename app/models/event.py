"""One line of a hazard's history. Appended only: a trigger refuses update, delete and truncate, whoever asks."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Event(Base):
    """`note` is public when `public`: the official word of a body.

    `data` holds codes and ids, no free text of citizens; `link`: by which a contractor acted.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("actor IN ('system', 'reporter', 'account', 'contractor')", name="actor"),
        CheckConstraint("(actor = 'account') = (account_id IS NOT NULL)", name="account"),
        CheckConstraint("(actor = 'contractor') <= (data ->> 'link' IS NOT NULL)", name="contractor"),
        Index("ix_event_hazard_id_at", "hazard_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    actor: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    status: Mapped[str]
    public: Mapped[bool]
    note: Mapped[str] = mapped_column(server_default="")
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
