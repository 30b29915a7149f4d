"""This body answers for these hazard types in this area, from–until.

By area code, not id: a border redrawn under the same code keeps its rules. Neither type nor group: the body answers for
whatever types name its kind. With a hint it applies only where that was seen on the spot (`domain/hints.py`).
"""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

RULE_KEY = ("body_id", "area_code", "hazard_type", "type_group", "hint", "hint_value", "valid_from")
"""What no two rules share."""


class Responsibility(Base):
    __tablename__ = "responsibility"
    __table_args__ = (
        CheckConstraint("hazard_type IS NULL OR type_group IS NULL", name="type_or_group"),
        CheckConstraint("(hint IS NULL) = (hint_value IS NULL)", name="hint_pair"),
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="validity"),
        Index(
            "uq_responsibility_rule",
            *RULE_KEY,
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_responsibility_area_code", "area_code"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    area_code: Mapped[str]
    hazard_type: Mapped[str | None] = mapped_column(ForeignKey("hazard_type.code"))
    group: Mapped[str | None] = mapped_column("type_group", Text)
    hint: Mapped[str | None]
    hint_value: Mapped[str | None]
    rank: Mapped[int] = mapped_column(SmallInteger, server_default="100")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
