"""What an administrator changed: the row before and after. Append-only; undoing is one more entry.

`before` None: it was made; `after` None: it was removed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class AuditEntry(Base):
    """`noun` names the table in the words of the house, `key` the row (its code, day or id)."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_noun_key", "noun", "key", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    by_account: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    noun: Mapped[str]
    key: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
