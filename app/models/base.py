"""The declarative base: one naming convention, aware times, names in three languages."""

from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import DateTime, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
    }


class Named:
    """Names in Kazakh, Russian and English; Kazakh is never a fallback of another."""

    name_kk: Mapped[str] = mapped_column(Text)
    name_ru: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)

    def name(self, language: str) -> str:
        """The name in `language` (kk, ru or en)."""
        return str(getattr(self, f"name_{language}"))


def table_of(model: type[Base]) -> Table:
    """Its table, for statements of the hot path: an insert of an entity goes through the ORM's bulk machinery."""
    return cast(Table, model.__table__)
