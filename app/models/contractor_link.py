"""A contractor's way to one hazard without an account. Of its token only the SHA-256 is kept."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class ContractorLink(Base):
    """`body_id`: who gave it; it opens only while that body has the hazard. `needed`: what is to be done, in words.

    `used_at`: when something was last sent by it.
    """

    __tablename__ = "contractor_link"
    __table_args__ = (
        CheckConstraint("expires_at > made_at", name="expires_later"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_together"),
        Index("uq_contractor_link_token_hash", "token_hash", unique=True),
        Index("ix_contractor_link_hazard_id", "hazard_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    name: Mapped[str]
    language: Mapped[str]
    needed: Mapped[str]
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class ContractorPhoto(Base):
    """A photo of the hazard that the staff chose to show to whoever holds the link."""

    __tablename__ = "contractor_photo"

    link_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("contractor_link.id", ondelete="CASCADE"), primary_key=True
    )
    photo_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True)
