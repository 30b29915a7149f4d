"""One act on many hazards, and what became of each. Its key comes with the form: the same form sent twice acts once."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class BulkRun(Base):
    """`rows`: {reference, code, values} in the order they were chosen; `code` None: done, else the refusal's."""

    __tablename__ = "bulk_run"
    __table_args__ = (Index("ix_bulk_run_account_id", "account_id"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("account.id"))
    at: Mapped[datetime]
    act: Mapped[str]
    rows: Mapped[list[dict[str, Any]]]
