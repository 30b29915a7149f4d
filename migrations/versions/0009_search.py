"""Search by words: keys of areas and places in one spelling, the words they hold, and shapes a report may choose"""

import sqlalchemy as sa
from alembic import op

from app.actions.search_keys import refill
from migrations.roles import SEARCH, VAULT, grant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NAMED = "kind IN ('street', 'quarter', 'settlement')"
SETTLEMENT = "kind = 'settlement'"
SHAPE = "kind IN ('power_line', 'water', 'canal')"
WORDS = sa.text("string_to_array(search_key, ' ')")
AREAS = """CREATE OR REPLACE VIEW public_data.public_area AS
  SELECT code, kind, rank, parent_code, name_kk, name_ru, name_en, demo, source, geom{more}
    FROM area WHERE daterange(valid_from, valid_until) @> local_day(now())"""
PLACES = f"""CREATE OR REPLACE VIEW public_data.public_place AS
  SELECT kind, name_kk, name_ru, name_en, search_key, geom, source{{more}} FROM place WHERE {NAMED}"""  # noqa: S608 - constants of this file
WORD = "CREATE VIEW public_data.public_word AS SELECT word, n FROM search_word WHERE n > 0"
SHAPES = f"""CREATE VIEW public_data.public_shape AS
  SELECT external_id, kind, name_kk, name_ru, name_en, geom FROM place WHERE {SHAPE}"""  # noqa: S608 - constants of this file
# How often a word stands in keys, for whoever writes them: a list of words for typing slips, and a measure of how many
# rows a question will meet. Counted by statement, so that an import of a country counts once.
COUNT = """
CREATE FUNCTION count_words(keys text[], sign integer) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public AS $$
  INSERT INTO search_word AS s (word, n)
  SELECT word, sign * count(*) FROM unnest(keys) AS key, string_to_table(key, ' ') AS word
   WHERE word <> '' GROUP BY word ORDER BY word
  ON CONFLICT (word) DO UPDATE SET n = s.n + excluded.n
$$;
REVOKE EXECUTE ON FUNCTION count_words FROM PUBLIC;
"""
NOTE = """
CREATE FUNCTION note_{table}_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM count_words((SELECT array_agg(search_key) FROM old_rows WHERE {where}), -1);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM count_words((SELECT array_agg(search_key) FROM new_rows WHERE {where}), 1);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER {table}_words_in AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION note_{table}_words();
CREATE TRIGGER {table}_words_out AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION note_{table}_words();
CREATE TRIGGER {table}_words_again AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION note_{table}_words();
"""


def upgrade() -> None:
    op.add_column("area", sa.Column("search_key", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "search_word",
        sa.Column("word", sa.Text(collation="C"), primary_key=True),
        sa.Column("n", sa.BigInteger, nullable=False),
    )
    _run(COUNT)
    for table, where in TABLES.items():
        _run(NOTE.format(table=table, where=where))
    op.drop_index("ix_place_search_key", "place")
    refill(op.get_bind())
    _indexes()
    _run(AREAS.format(more=", search_key"))
    _run(PLACES.format(more=", id"))
    _run(WORD)
    _run(SHAPES)
    grant(op.get_bind(), VAULT + SEARCH)


TABLES = {"area": "true", "place": NAMED}


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def _indexes() -> None:
    op.create_index(
        "ix_search_word_trigrams", "search_word", ["word"], postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.create_index("ix_area_words", "area", [WORDS], postgresql_using="gin")
    op.create_index("ix_place_words", "place", [WORDS], postgresql_using="gin", postgresql_where=NAMED)
    op.create_index(
        "ix_place_settlement_words", "place", [WORDS], postgresql_using="gin", postgresql_where=SETTLEMENT
    )
    op.create_index("ix_place_settlement", "place", ["geom"], postgresql_using="gist", postgresql_where=SETTLEMENT)
    op.create_index("ix_place_shape", "place", ["geom"], postgresql_using="gist", postgresql_where=SHAPE)


def downgrade() -> None:
    _run("DROP VIEW public_data.public_shape, public_data.public_word, public_data.public_place,"
         " public_data.public_area")
    _run(PLACES.format(more=""))
    _run(AREAS.format(more=""))
    for name in ("shape", "settlement", "settlement_words", "words"):
        op.drop_index(f"ix_place_{name}", "place")
    op.drop_index("ix_area_words", "area")
    for table in TABLES:
        for when in ("in", "out", "again"):
            _run(f"DROP TRIGGER {table}_words_{when} ON {table}")
        _run(f"DROP FUNCTION note_{table}_words()")
    _run("DROP FUNCTION count_words(text[], integer)")
    op.drop_table("search_word")
    op.create_index(
        "ix_place_search_key", "place", ["search_key"], postgresql_using="gin",
        postgresql_ops={"search_key": "gin_trgm_ops"},
    )
    op.drop_column("area", "search_key")
    grant(op.get_bind(), VAULT)
