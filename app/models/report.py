"""One person's statement about a hazard: private. Contact data lies apart, sealed, in the schema `vault`.

Of the receipt only its hash is kept. `client_id` makes a repeated sending one report. A later word of the same person
is a report of its own with the first as `parent_id`, so that one queue of moderation serves them all. `question_id`:
what it answers. `sent`: a mark of each part as it was sent (`actions/submission.py`): a repeat tells what is new.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, LargeBinary, false
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.hazard import Channel, Moderation, ReportKind
from app.models.base import Base
from app.models.hazard import one_of


class Report(Base):
    """`by_account`: the operator who took the call or the staff member on patrol; None for a citizen."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(one_of("channel", Channel), name="channel"),
        CheckConstraint(one_of("moderation", Moderation), name="moderation"),
        CheckConstraint(one_of("kind", ReportKind), name="kind"),
        Index("uq_report_client_id", "client_id", unique=True),
        Index("uq_report_receipt_hash", "receipt_hash", unique=True),
        Index("ix_report_hazard_id", "hazard_id"),
        Index("ix_report_parent_id", "parent_id"),
        Index("ix_report_question_id", "question_id", postgresql_where="question_id IS NOT NULL"),
        Index("ix_report_words", "words", postgresql_using="gin"),
        Index("ix_report_pending", "received_at", postgresql_where="moderation = 'pending'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    client_id: Mapped[UUID]
    receipt_hash: Mapped[bytes] = mapped_column(LargeBinary)
    channel: Mapped[str]
    language: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    someone_hurt: Mapped[bool] = mapped_column(server_default=false())
    moderation: Mapped[str] = mapped_column(server_default=Moderation.PENDING)
    received_at: Mapped[datetime]
    by_account: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(server_default=ReportKind.NEW)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    withdrawn_at: Mapped[datetime | None]
    words: Mapped[str | None] = mapped_column(TSVECTOR, Computed("text_words(text)", persisted=True), deferred=True)
    sent: Mapped[list[bytes] | None] = mapped_column(ARRAY(LargeBinary))
    question_id: Mapped[int | None] = mapped_column(
        ForeignKey("question.id", use_alter=True, name="fk_report_question_id")
    )
