"""Texts that are ready to be sent, in three languages. Ours come with the reference data; bodies add their own.

`code` names a row for good, also one that a person made. `body_id` None: for everybody. `act` None: for every act with
words. At most one of `hazard_type` and `group`; neither: for every kind.
"""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class ReplyTemplate(Base):
    __tablename__ = "reply_template"
    __table_args__ = (
        CheckConstraint("hazard_type IS NULL OR type_group IS NULL", name="type_or_group"),
        Index("uq_reply_template_code", "code", unique=True),
        Index("ix_reply_template_body_id", "body_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[str]
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    act: Mapped[str | None]
    hazard_type: Mapped[str | None] = mapped_column(ForeignKey("hazard_type.code"))
    group: Mapped[str | None] = mapped_column("type_group", Text)
    text_kk: Mapped[str]
    text_ru: Mapped[str]
    text_en: Mapped[str]
    offered: Mapped[bool] = mapped_column(server_default=true())

    def text(self, language: str) -> str:
        """The text in `language` (kk, ru or en), its placeholders unfilled."""
        return str(getattr(self, f"text_{language}"))
