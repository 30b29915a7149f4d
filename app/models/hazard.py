"""One dangerous object in the real world: what the map shows and a body works on.

`public_place` is the place the public may know (decisions §12); `geom` and `label` are exact and never leave the staff
side.
`received_day` is the local day of receipt, the finest time the public sees. `version` guards against two people writing
over each other. `hints`: what was seen on the spot (`domain/hints.py`). `refusals`: how often a body said "not ours";
`owner_due`: until when the arbiter must say who owns it; `settled`: the arbiter has said so.
`review_first`: nothing is public until a moderator has looked, whatever the type says. `reports`: how many people
reported it; `flags`: how many neighbours say it is not fixed, since it was closed. `proposal`, `proposed_by`: what
waits for a second person (a rejection has columns of its own); `proposed_into_id`: the fixed hazard that it is said to
be a duplicate of. `inspect_due`, `inspect_measure`: what made it safe ran
out then and must be looked at again. `escalate_at`: when somebody must be told next; None: to be reckoned.
`crew_id`, `assignee_id`: who of the body does the work. `answer_waits`: a reporter has answered, and no dispatcher has
looked since.
`repeat_of_id`: the hazard that was fixed here before; `spot_id`: the first one of this spot, which counts `repeats`.
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
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.hazard import OPEN_STATUSES, Basis, HoldReason, Moderation, Proposal, Severity, Status
from app.models.base import Base
from app.models.types import geometry


def one_of(column: str, values: Any) -> str:
    """SQL of a check that `column` holds one of an enum's values."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


IS_OPEN = one_of("status", sorted(OPEN_STATUSES))
NEXT_DUE = "LEAST(CASE WHEN made_safe_at IS NULL THEN make_safe_due END, fix_due)"
WORKED = "is_open AND NOT held"
SECOND = "status = 'fix_reported' OR rejection_reason IS NOT NULL OR proposal IS NOT NULL"
"""Somebody has proposed an end, and another person must confirm it."""
DUE = (
    "LEAST(CASE WHEN made_safe_at IS NULL THEN make_safe_due ELSE made_safe_until END,"
    " CASE WHEN fix_paused_at IS NULL THEN fix_due END)"
)
STEP = 100_000_000_000
WORK_ORDER = f"""
CASE WHEN urgent AND made_safe_at IS NULL THEN 0 WHEN severity = 'critical' AND made_safe_at IS NULL THEN 1
     WHEN overdue IS NOT NULL OR disputed THEN 2 WHEN severity = 'high' AND made_safe_at IS NULL THEN 3
     WHEN made_safe_at IS NULL THEN 4 ELSE 5 END * {STEP}
+ COALESCE(CAST(EXTRACT(epoch FROM {DUE} - TIMESTAMPTZ '1970-01-01 00:00:00+00') AS bigint), {STEP - 1})"""
"""What needs somebody first: danger in six steps, and within a step the seconds until the next time limit."""


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
        CheckConstraint("(repeat_of_id IS NULL) = (spot_id IS NULL)", name="spot_together"),
        CheckConstraint("(external_source IS NULL) = (external_id IS NULL)", name="external_together"),
        CheckConstraint("(rejection_reason IS NULL) = (rejection_by IS NULL)", name="rejection_together"),
        CheckConstraint(one_of("proposal", Proposal), name="proposal"),
        CheckConstraint("proposed_by IS NULL OR proposal IS NOT NULL", name="proposal_of_somebody"),
        CheckConstraint("proposal IS NULL OR rejection_reason IS NULL", name="one_proposal"),
        CheckConstraint(
            "(proposed_into_id IS NOT NULL) = (proposal IS NOT DISTINCT FROM 'duplicate')", name="proposed_into"
        ),
        CheckConstraint(one_of("hold_reason", HoldReason), name="hold_reason"),
        CheckConstraint("hold_reason IS NULL OR status = 'on_hold'", name="held_up_for_a_reason"),
        CheckConstraint("(inspect_due IS NULL) = (inspect_measure IS NULL)", name="inspect_together"),
        Index("ix_hazard_escalate_at", "escalate_at", "id", postgresql_where="is_open"),
        Index("uq_hazard_reference", "reference", unique=True),
        Index("ix_hazard_reference_half", text("substr(reference, 5)")),
        Index(
            "uq_hazard_external",
            "external_source",
            "external_id",
            unique=True,
            postgresql_where="external_source IS NOT NULL",
        ),
        Index("ix_hazard_public_place", "public_place", postgresql_using="gist"),
        Index("ix_hazard_label", "label", postgresql_using="gist"),
        *(
            Index(f"ix_hazard_{name}", *columns, postgresql_where=where)
            for name, columns, where in (
                ("inbox_body", ("body_id", "work_order", "id"), WORKED),
                ("inbox_all", ("work_order", "id"), WORKED),
                ("inbox_type", ("hazard_type", "work_order", "id"), WORKED),
                ("inbox_status", ("status", "work_order", "id"), WORKED),
                ("inbox_disputed", ("body_id", "work_order", "id"), "is_open AND disputed"),
                ("inbox_second", ("body_id", "work_order", "id"), f"is_open AND ({SECOND})"),
                ("inbox_owner", ("body_id", "work_order", "id"), "is_open AND owner_unknown"),
                ("made_safe_until", ("made_safe_until",), "is_open AND made_safe_until IS NOT NULL"),
                ("closed_body", ("body_id", "closed_at", "id"), "NOT is_open AND NOT held"),
                ("closed_all", ("closed_at", "id"), "NOT is_open AND NOT held"),
            )
        ),
        Index("ix_hazard_public_words", "public_words", postgresql_using="gin"),
        Index("ix_hazard_area_id", "area_id"),
        Index("ix_hazard_received_day_reference", "received_day", "reference"),
        Index("ix_hazard_queue", "received_at", postgresql_where="body_id IS NULL AND status = 'received'"),
        Index("ix_hazard_next_due", "next_due", postgresql_where="is_open AND overdue IS NULL"),
        Index("ix_hazard_overdue", "id", postgresql_where="is_open AND overdue IS NOT NULL"),
        Index("ix_hazard_owner_due", "owner_due", postgresql_where="is_open AND owner_unknown"),
        Index("ix_hazard_crew_id", "crew_id", "next_due", "id", postgresql_where="is_open AND crew_id IS NOT NULL"),
        Index(
            "ix_hazard_assignee_id",
            "assignee_id",
            "next_due",
            "id",
            postgresql_where="is_open AND assignee_id IS NOT NULL",
        ),
        Index("ix_hazard_spot_id", "spot_id", postgresql_where="spot_id IS NOT NULL"),
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
    repeat_of_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    spot_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    repeats: Mapped[int] = mapped_column(Integer, server_default="0")
    proposal: Mapped[str | None]
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    proposed_into_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    hold_reason: Mapped[str | None]
    inspect_due: Mapped[datetime | None]
    inspect_measure: Mapped[str | None]
    escalate_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    is_open: Mapped[bool] = mapped_column(Computed(IS_OPEN, persisted=True))
    next_due: Mapped[datetime | None] = mapped_column(Computed(NEXT_DUE, persisted=True))
    work_order: Mapped[int] = mapped_column(BigInteger, Computed(WORK_ORDER, persisted=True), nullable=True)
    public_words: Mapped[str | None] = mapped_column(
        TSVECTOR, Computed("text_words(public_text)", persisted=True), deferred=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
