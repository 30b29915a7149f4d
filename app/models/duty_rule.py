"""How long whoever is on duty has to say "I know": one row, since all organisations share the night."""

from sqlalchemy import CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class DutyRule(Base):
    __tablename__ = "duty_rule"
    __table_args__ = (
        CheckConstraint("code = 'acknowledge'", name="code"),
        CheckConstraint("minutes BETWEEN 3 AND 240", name="minutes"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(SmallInteger)
