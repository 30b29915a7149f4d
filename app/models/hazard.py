"""One dangerous object in the real world: what the map shows and a body works on.

`public_place` is the place the public may know (decisions §12); `geom` and `label` are exact and never leave the staff
side.
`received_day` is the local day of receipt, the finest time the public sees. `version` guards against two people writing
over each other. `hints`: what was seen on the spot (`domain/hints.py`). `refusals`: how often a body said "not ours";
`owner_due`: until when the arbiter must say who owns it; `settled`: the arbiter has said so.
`review_first`: nothing is public until a moderator has looked, whatever the type says. `reports`: how many people
reported it; `flags`: how many neighbours say it is not fixed, since it was closed. `crew_id`, `assignee_id`: who of
the body does the work. `answer_waits`: a reporter has answered, and no dispatcher has looked since.
"""

from datetime import date, datetime
from typing import Any

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.hazard import OPEN_STATUSES, Basis, Moderation, Severity, Status
from app.models.base import Base
from app.models.types import geometry


def one_of(column: str, values: Any) -> str:
    """SQL of a check that `column` holds one of an enum's values."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


IS_OPEN = one_of("status", sorted(OPEN_STATUSES))
NEXT_DUE = "LEAST(CASE WHEN made_safe_at IS NULL THEN make_safe_due END, fix_due)"


class Hazard(Base):
    __tablename__ = "hazard"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), name="status"),
        CheckConstraint(one_of("severity", Severity), name="severity"),
        CheckConstraint(one_of("moderation", Moderation), name="moderation"),
        CheckConstraint("GeometryType(geom) IN ('POINT', 'LINESTRING', 'POLYGON')", name="geometry_kind"),
        CheckConstraint(
            "(made_safe_measure IS NULL) = (made_safe_at IS NULL)"
            " AND (made_safe_at IS NULL) = (made_safe_until IS NULL)",
            name="made_safe_together",
        ),
        CheckConstraint(f"(closed_at IS NULL) = ({IS_OPEN})", name="closed_when_closed"),
        CheckConstraint("status = 'received' OR body_id IS NOT NULL", name="body_unless_received"),
        CheckConstraint(one_of("basis", Basis), name="basis"),
        CheckConstraint("(body_id IS NULL) = (basis IS NULL)", name="basis_with_body"),
        CheckConstraint("(status = 'duplicate') = (duplicate_of_id IS NOT NULL)", name="duplicate_of"),
        CheckConstraint("(external_source IS NULL) = (external_id IS NULL)", name="external_together"),
        CheckConstraint("(rejection_reason IS NULL) = (rejection_by IS NULL)", name="rejection_together"),
        Index("uq_hazard_reference", "reference", unique=True),
        Index("uq_hazard_external", "external_source", "external_id", unique=True),
        Index("ix_hazard_public_place", "public_place", postgresql_using="gist"),
        Index("ix_hazard_label", "label", postgresql_using="gist"),
        Index("ix_hazard_body_open_due", "body_id", "is_open", "next_due", "id"),
        Index("ix_hazard_area_id", "area_id"),
        Index("ix_hazard_received_day_reference", "received_day", "reference"),
        Index("ix_hazard_queue", "received_at", postgresql_where="body_id IS NULL AND status = 'received'"),
        Index("ix_hazard_next_due", "next_due", postgresql_where="is_open AND overdue IS NULL"),
        Index("ix_hazard_overdue", "id", postgresql_where="is_open AND overdue IS NOT NULL"),
        Index("ix_hazard_owner_due", "owner_due", postgresql_where="is_open AND owner_unknown"),
        Index("ix_hazard_crew_id", "crew_id", "next_due", "id", postgresql_where="is_open"),
        Index("ix_hazard_assignee_id", "assignee_id", "next_due", "id", postgresql_where="is_open"),
        Index("ix_hazard_moderation", "received_at", postgresql_where="moderation = 'pending'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    reference: Mapped[str]
    hazard_type: Mapped[str] = mapped_column(ForeignKey("hazard_type.code"))
    geom: Mapped[BaseGeometry] = mapped_column(geometry())
    label: Mapped[Point] = mapped_column(geometry("POINT"))
    public_place: Mapped[Point] = mapped_column(geometry("POINT"))
    status: Mapped[str]
    severity: Mapped[str]
    severity_why: Mapped[list[dict[str, Any]]]
    received_at: Mapped[datetime]
    received_day: Mapped[date]
    make_safe_due: Mapped[datetime | None]
    fix_due: Mapped[datetime | None]
    fix_paused_at: Mapped[datetime | None]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    basis: Mapped[str | None]
    made_safe_measure: Mapped[str | None]
    made_safe_at: Mapped[datetime | None]
    made_safe_until: Mapped[datetime | None]
    planned_for: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    rejection_reason: Mapped[str | None]
    rejection_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    fix_reported_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    moderation: Mapped[str] = mapped_column(server_default=Moderation.PENDING)
    public_text: Mapped[str | None]
    held: Mapped[bool] = mapped_column(server_default=false())
    disputed: Mapped[bool] = mapped_column(server_default=false())
    urgent: Mapped[bool] = mapped_column(server_default=false())
    owner_unknown: Mapped[bool] = mapped_column(server_default=false())
    overdue: Mapped[str | None] = mapped_column(Text)
    hints: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    refusals: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    settled: Mapped[bool] = mapped_column(server_default=false())
    owner_due: Mapped[datetime | None]
    review_first: Mapped[bool] = mapped_column(server_default=false())
    reports: Mapped[int] = mapped_column(Integer, server_default="1")
    flags: Mapped[int] = mapped_column(Integer, server_default="0")
    external_source: Mapped[str | None]
    external_id: Mapped[str | None]
    crew_id: Mapped[int | None] = mapped_column(ForeignKey("crew.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answer_waits: Mapped[bool] = mapped_column(server_default=false())
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    is_open: Mapped[bool] = mapped_column(Computed(IS_OPEN, persisted=True))
    next_due: Mapped[datetime | None] = mapped_column(Computed(NEXT_DUE, persisted=True))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
