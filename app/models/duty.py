"""Who of a body is told of an urgent hazard at once, and whether they have said "I know"."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class DutyContact(Base):
    """`position`: the first is told first; who does not answer is followed by the next. `body_id` None: the
    coordinator's. `weekdays` (1 is Monday), `starts`, `ends` (minutes of the local day): when on duty; over midnight
    where the end is the earlier; None: the whole day.
    """

    __tablename__ = "duty_contact"
    __table_args__ = (
        CheckConstraint(
            "(starts IS NULL) = (ends IS NULL) AND starts BETWEEN 0 AND 1439 AND ends BETWEEN 0 AND 1439", name="hours"
        ),
        CheckConstraint("cardinality(weekdays) > 0 AND weekdays <@ '{1,2,3,4,5,6,7}'::smallint[]", name="weekdays"),
        Index("ix_duty_contact_body_id_position", "body_id", "position", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="kk")
    active: Mapped[bool] = mapped_column(server_default=true())
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger), server_default="{1,2,3,4,5,6,7}")
    starts: Mapped[int | None] = mapped_column(SmallInteger)
    ends: Mapped[int | None] = mapped_column(SmallInteger)


class DutyCall(Base):
    """One contact told of one hazard. `token` acknowledges, from a link; `passed_on_at`: nobody answered, the next.
    `claimed_at`: since when a worker is telling them.
    """

    __tablename__ = "duty_call"
    __table_args__ = (
        Index("uq_duty_call_token", "token", unique=True),
        Index("uq_duty_call_hazard_id_contact_id", "hazard_id", "contact_id", unique=True),
        Index("ix_duty_call_waiting", "made_at", postgresql_where="acknowledged_at IS NULL AND passed_on_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("duty_contact.id"))
    token: Mapped[str]
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    passed_on_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(server_default="")
