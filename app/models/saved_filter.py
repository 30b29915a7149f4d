"""A filter of the inbox that somebody has given a name; one of them may be their start page."""

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class SavedFilter(Base):
    """`query`: as in an address, by `Wanted.query` and the view; read again through `Wanted.parse`."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        Index("uq_saved_filter_account_id_name", "account_id", "name", unique=True),
        Index("uq_saved_filter_start", "account_id", unique=True, postgresql_where='"start"'),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]
    start: Mapped[bool] = mapped_column(server_default=false())
