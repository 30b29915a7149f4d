"""The decision that a body is responsible, with its basis, confidence and trace. The newest of a hazard counts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.hazard import Basis
from app.models.base import Base
from app.models.hazard import one_of


class Assignment(Base):
    """`body_id` and `basis` are both None when nobody was found: the queue."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(one_of("basis", Basis), name="basis"),
        CheckConstraint("(body_id IS NULL) = (basis IS NULL)", name="basis_with_body"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        Index("ix_assignment_hazard_id", "hazard_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    basis: Mapped[str | None]
    confidence: Mapped[float] = mapped_column(Numeric(3, 2, asdecimal=False))
    trace: Mapped[list[dict[str, Any]]]
    reason: Mapped[str] = mapped_column(server_default="")
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
