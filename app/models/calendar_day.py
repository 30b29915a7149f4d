"""Days on which work differs from Monday to Friday: holidays and moved days; staff edit them."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Named


class CalendarDay(Named, Base):
    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
