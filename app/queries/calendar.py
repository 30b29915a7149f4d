"""The calendar of working days, and how many open hazards were counted over one of them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from app.domain.hazard import FixUnit
from app.models import CalendarDay, Hazard, HazardType


def days_of(session: Session, year: int) -> Sequence[CalendarDay]:
    """The days of a year that differ, in order."""
    return session.scalars(
        select(CalendarDay)
        .where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(CalendarDay.day)
    ).all()


def years(session: Session) -> list[int]:
    """The years that have such days."""
    year = extract("year", CalendarDay.day)
    return [int(each) for each in session.scalars(select(year).distinct().order_by(year))]


def counted_over(session: Session, day: date) -> int:
    """How many open hazards have a due time in working days that was counted over `day`."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Hazard)
            .join(HazardType, HazardType.code == Hazard.hazard_type)
            .where(
                Hazard.is_open,
                HazardType.fix_unit == FixUnit.WORKING_DAYS.value,
                Hazard.received_day < day,
                func.local_day(Hazard.fix_due) >= day,
            )
        )
        or 0
    )
