"""The gazetteer: named streets, quarters and settlements, for search and for words about a place; and what dangers lie
at or are measured by: schools, kindergartens, playgrounds, water, power lines, manholes. The public sees named ones.
"""

from shapely.geometry.base import BaseGeometry
from sqlalchemy import BigInteger, Identity, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Named
from app.models.types import geometry


class Place(Named, Base):
    """`search_key`: the words of all names and aliases (`domain/search_text`); names are empty where there are none.
    `external_id`: unique in its source; for OpenStreetMap n1, w2 or r3.
    """

    __tablename__ = "place"
    __table_args__ = (
        Index("ix_place_geom", "geom", postgresql_using="gist"),
        Index(
            "ix_place_named",
            "geom",
            postgresql_using="gist",
            postgresql_where="kind IN ('street', 'quarter', 'settlement')",
        ),
        Index(
            "ix_place_of_children",
            "geom",
            postgresql_using="gist",
            postgresql_where="kind IN ('school', 'kindergarten', 'playground')",
        ),
        Index(
            "ix_place_words",
            text("string_to_array(search_key, ' ')"),
            postgresql_using="gin",
            postgresql_where="kind IN ('street', 'quarter', 'settlement')",
        ),
        Index(
            "ix_place_settlement_words",
            text("string_to_array(search_key, ' ')"),
            postgresql_using="gin",
            postgresql_where="kind = 'settlement'",
        ),
        Index("ix_place_settlement", "geom", postgresql_using="gist", postgresql_where="kind = 'settlement'"),
        Index(
            "ix_place_shape",
            "geom",
            postgresql_using="gist",
            postgresql_where="kind IN ('power_line', 'water', 'canal')",
        ),
        Index("uq_place_source_external_id", "source", "external_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str]
    kind: Mapped[str]
    search_key: Mapped[str]
    demo: Mapped[bool] = mapped_column(server_default=false())
    geom: Mapped[BaseGeometry] = mapped_column(geometry())
