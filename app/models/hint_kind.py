"""Which kind of body a hint points to, from the taxonomy: letters on a cover, the voltage, a yard or a road."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class HintKind(Base):
    """`hint` and `value` as in `domain/hints.py`."""

    __tablename__ = "hint_kind"

    hint: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    body_kind: Mapped[str] = mapped_column(ForeignKey("body_kind.code"))
