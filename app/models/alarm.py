"""Something an administrator must see and settle: a dead mail address, a hazard without a responsible body."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Alarm(Base):
    """`key` is unique while the alarm stands: the same trouble raises one alarm, not a hundred."""

    __tablename__ = "alarm"
    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_together"),
        Index("uq_alarm_key_standing", "key", unique=True, postgresql_where="settled_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    hazard_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    raised_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
