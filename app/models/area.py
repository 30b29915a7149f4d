"""Administrative and service polygons, valid from–until, and the subdivided parts that point queries use.

Parts are kept in step by a trigger (migration 0001): an edit of a border and an intake can then not disagree.
Two versions of one code may not be valid on the same day: an exclusion constraint, made by the migration.
"""

from datetime import date

from shapely.geometry import MultiPolygon, Polygon
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Named
from app.models.types import geometry


class Area(Named, Base):
    """`code` is KATO as text; `rank` orders areas by their kind, smaller areas higher (`domain/routing.AREA_RANK`)."""

    __tablename__ = "area"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="validity"),
        Index("uq_area_code_valid_from", "code", "valid_from", unique=True),
        Index("ix_area_geom", "geom", postgresql_using="gist"),
        Index("ix_area_parent_code", "parent_code"),
        Index("ix_area_words", text("string_to_array(search_key, ' ')"), postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    code: Mapped[str]
    kind: Mapped[str]
    rank: Mapped[int] = mapped_column(SmallInteger)
    level: Mapped[int | None] = mapped_column(SmallInteger)
    parent_code: Mapped[str | None]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(server_default="")
    search_key: Mapped[str] = mapped_column(server_default="")
    demo: Mapped[bool] = mapped_column(server_default=false())
    geom: Mapped[MultiPolygon] = mapped_column(geometry("MULTIPOLYGON"))


class AreaPart(Base):
    """A piece of an area of at most 128 vertices."""

    __tablename__ = "area_part"
    __table_args__ = (
        Index("ix_area_part_geom", "geom", postgresql_using="gist"),
        Index("ix_area_part_area_id", "area_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"))
    geom: Mapped[Polygon] = mapped_column(geometry("POLYGON"))
