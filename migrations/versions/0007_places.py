"""The gazetteer holds more than names: the public sees streets, quarters and settlements, and each use has its index"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAMED = "kind IN ('street', 'quarter', 'settlement')"
OF_CHILDREN = "kind IN ('school', 'kindergarten', 'playground')"
# `source` is there so that a page can credit OpenStreetMap; a view can grow a column and keep its grants, not lose one.
VIEW = """CREATE OR REPLACE VIEW public_data.public_place AS
  SELECT kind, name_kk, name_ru, name_en, search_key, geom, source FROM place"""


def upgrade() -> None:
    op.execute(f"{VIEW} WHERE {NAMED}")
    op.create_index("ix_place_named", "place", ["geom"], postgresql_using="gist", postgresql_where=NAMED)
    op.create_index("ix_place_of_children", "place", ["geom"], postgresql_using="gist", postgresql_where=OF_CHILDREN)


def downgrade() -> None:
    op.drop_index("ix_place_of_children", "place")
    op.drop_index("ix_place_named", "place")
    op.execute(VIEW)
