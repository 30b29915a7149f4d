"""What a body asks those who reported a hazard. Private: it stands on their receipts and on the body's own page.

Decision: an answer is a report of its own (`report.question_id`), so that the one queue of moderation serves it too and
each of several reporters may answer. `token` names the question on a receipt: no number that counts (decisions §10).
`stops_until`: the fix clock waits for the answer, until then at most; `ran_again_at`: since when it does not any more.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Question(Base):
    """`report_id` None: all reporters are asked. `body_id`: whose question it is; another body never sees it."""

    __tablename__ = "question"
    __table_args__ = (
        Index("uq_question_token", "token", unique=True),
        Index("ix_question_hazard_id", "hazard_id"),
        Index(
            "ix_question_stops_until",
            "stops_until",
            postgresql_where="stops_until IS NOT NULL AND ran_again_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    token: Mapped[str]
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    text: Mapped[str]
    stops_until: Mapped[datetime | None]
    ran_again_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
