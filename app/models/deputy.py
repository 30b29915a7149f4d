"""Who stands in for somebody who is away: what goes to the one goes to the other too. Acts stay with who does them."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Deputy(Base):
    """`ends_on` is the last day away."""

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("account_id <> deputy_id", name="two_people"),
        CheckConstraint("starts_on <= ends_on", name="period"),
        Index("ix_deputy_account_id_ends_on", "account_id", "ends_on"),
        Index("ix_deputy_deputy_id_ends_on", "deputy_id", "ends_on"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id"))
    deputy_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
