"""Steps of the escalation: when a clock of a hazard of this severity has gone so far, these are told.

Filled from `data/escalation.yaml`, changed by administrators. `key` is "severity:code", so that the file, the audit and
the undo of a removal speak of the same row.
"""

from sqlalchemy import CheckConstraint, Text, UniqueConstraint, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class EscalationStep(Base):
    """`share` of the time from receipt to due, or `hours` from the due time; `clock` None: both clocks.

    `fresh`: made or changed, and open hazards have not been told to be looked at for it yet.
    """

    __tablename__ = "escalation_step"
    __table_args__ = (
        UniqueConstraint("severity", "code"),
        CheckConstraint("key = severity || ':' || code", name="key"),
        CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name="severity"),
        CheckConstraint("clock IN ('make_safe', 'fix')", name="clock"),
        CheckConstraint("num_nonnulls(share, hours) = 1", name="one_moment"),
        CheckConstraint("share > 0 AND share < 1", name="share"),
        CheckConstraint("hours BETWEEN -720 AND 720", name="hours"),
        CheckConstraint("cardinality(tell) > 0 AND tell <@ '{dispatcher,head,above,coordinator}'::text[]", name="tell"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str]
    code: Mapped[str]
    clock: Mapped[str | None]
    share: Mapped[float | None]
    hours: Mapped[float | None]
    tell: Mapped[list[str]] = mapped_column(ARRAY(Text))
    fresh: Mapped[bool] = mapped_column(server_default=true())
