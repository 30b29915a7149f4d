"""The pyramid of map cells and the queue that feeds it (decisions §21).

Every change of what the public sees of a hazard appends one row to `map_change` (by trigger); a worker folds the rows
into
`public_data.map_cell`. Readers add what is not folded yet. Turned down: upserting 15 levels inline, which halves
intake.
"""

from sqlalchemy import BigInteger, Float, Identity, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class MapChange(Base):
    """Plus or minus one hazard at a place: `x`, `y` are web-mercator fractions 0..1 from the north-west."""

    __tablename__ = "map_change"
    __table_args__ = {"schema": "public_data"}  # noqa: RUF012 - SQLAlchemy's own form

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    delta: Mapped[int] = mapped_column(SmallInteger)
    hazard_type: Mapped[str]
    state: Mapped[str]
    x: Mapped[float] = mapped_column(Float(53))
    y: Mapped[float] = mapped_column(Float(53))


class MapCell(Base):
    """Count and sum of positions of the hazards of one type and state in one cell of a zoom level (64 px, 4 per
    tile side).
    """

    __tablename__ = "map_cell"
    __table_args__ = {"schema": "public_data"}  # noqa: RUF012 - SQLAlchemy's own form

    z: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    cx: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cy: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hazard_type: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
    sum_x: Mapped[float] = mapped_column(Float(53))
    sum_y: Mapped[float] = mapped_column(Float(53))
