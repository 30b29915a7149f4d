"""The words of the search: how many keys of areas and named places hold each, for typing slips and for the plan."""

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class SearchWord(Base):
    """Kept by triggers on `area` and `place` (migration 0009); a word that is gone stays with `n` 0."""

    __tablename__ = "search_word"
    __table_args__ = (
        Index("ix_search_word_trigrams", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)
