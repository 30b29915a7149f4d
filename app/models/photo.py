"""A photograph: re-drawn, stored by the hash of its content outside the web root, private until a moderator
clears it.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.hazard import Moderation, PhotoKind
from app.domain.proof import PlacedBy
from app.models.base import Base
from app.models.hazard import one_of


class Photo(Base):
    """`public_id` is random and goes into URLs; `content_key` is the SHA-256 of the stored file, hex.

    Of staff's photos: `taken_at` and `distance_m`, when and how far from the hazard, as the camera or (weaker) the
    device says (`placed_by`); the place itself is kept nowhere, and the public sees none of this.
    """

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint(one_of("kind", PhotoKind), name="kind"),
        CheckConstraint(one_of("placed_by", PlacedBy), name="placed_by"),
        CheckConstraint(one_of("moderation", Moderation), name="moderation"),
        CheckConstraint("(moderated_at IS NULL) = (moderation = 'pending')", name="moderated"),
        Index("uq_photo_public_id", "public_id", unique=True),
        Index("ix_photo_hazard_id", "hazard_id"),
        Index("ix_photo_content_key", "content_key"),
        Index("ix_photo_pending", "added_at", postgresql_where="moderation = 'pending'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    public_id: Mapped[str]
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str]
    content_key: Mapped[str]
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    added_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    distance_m: Mapped[int | None] = mapped_column(Integer)
    placed_by: Mapped[str | None]
    moderation: Mapped[str] = mapped_column(server_default=Moderation.PENDING)
    moderated_at: Mapped[datetime | None]
    moderated_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
