"""The inbox: its order, its filters, its searches"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from migrations.roles import SEARCH, VAULT, grant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# The words of a text in one spelling, as domain/text.fold has it: capitals, Latin look-alikes in Cyrillic words, and
# Kazakh letters. Written out, since `lower` knows only ASCII in some databases, and an index may not depend on that.
WORDS = """
CREATE FUNCTION folded_words(typed text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(translate(
           CASE WHEN word ~ '[\u0400-\u04ff]' THEN translate(word, 'aeocpxiykmthə', 'аеосрхіукмтһә') ELSE word END,
           'әғқңөұүһіёйў', 'агкноуухиеиу')), '{}')
    FROM regexp_split_to_table(
           translate(normalize(typed, NFC),
             'ABCDEFGHIJKLMNOPQRSTUVWXYZАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯӘҒҚҢӨҰҮҺІЎƏƟÄÁÖÓÜÚŪĞǴŞÇÑŃÝŽŠČÉ' || U&'\\0301',
             'abcdefghijklmnopqrstuvwxyzабвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіўəɵäáöóüúūğǵşçñńýžščé'),
           '[^0-9_a-z\u00c0-\u024f\u0259\u0275\u0400-\u04ff]+') AS word
   WHERE word <> ''
$$;
CREATE FUNCTION text_words(typed text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT array_to_tsvector(folded_words(typed))
$$;
"""
DUE = (
    "LEAST(CASE WHEN made_safe_at IS NULL THEN make_safe_due ELSE made_safe_until END,"
    " CASE WHEN fix_paused_at IS NULL THEN fix_due END)"
)
ORDER = f"""
CASE WHEN urgent AND made_safe_at IS NULL THEN 0 WHEN severity = 'critical' AND made_safe_at IS NULL THEN 1
     WHEN overdue IS NOT NULL OR disputed THEN 2 WHEN severity = 'high' AND made_safe_at IS NULL THEN 3
     WHEN made_safe_at IS NULL THEN 4 ELSE 5 END * 100000000000
+ COALESCE(CAST(EXTRACT(epoch FROM {DUE} - TIMESTAMPTZ '1970-01-01 00:00:00+00') AS bigint), 99999999999)"""
WORKED = "is_open AND NOT held"
INDEXES = (
    ("inbox_body", ["body_id", "work_order", "id"], WORKED),
    ("inbox_all", ["work_order", "id"], WORKED),
    ("inbox_type", ["hazard_type", "work_order", "id"], WORKED),
    ("inbox_status", ["status", "work_order", "id"], WORKED),
    ("inbox_disputed", ["body_id", "work_order", "id"], "is_open AND disputed"),
    ("inbox_owner", ["body_id", "work_order", "id"], "is_open AND owner_unknown"),
    ("made_safe_until", ["made_safe_until"], "is_open AND made_safe_until IS NOT NULL"),
    ("closed_body", ["body_id", "closed_at", "id"], "NOT is_open AND NOT held"),
    ("closed_all", ["closed_at", "id"], "NOT is_open AND NOT held"),
)


def upgrade() -> None:
    op.execute(WORDS)
    op.add_column("hazard", sa.Column("work_order", sa.BigInteger, sa.Computed(ORDER, persisted=True)))
    op.add_column("hazard", _words("public_words", "public_text"))
    op.add_column("report", _words("words", "text"))
    op.drop_index("ix_hazard_body_open_due", "hazard")
    for name, columns, where in INDEXES:
        op.create_index(f"ix_hazard_{name}", "hazard", columns, postgresql_where=sa.text(where))
    op.create_index("ix_hazard_public_words", "hazard", ["public_words"], postgresql_using="gin")
    op.create_index("ix_report_words", "report", ["words"], postgresql_using="gin")
    _saved_filters()
    grant(op.get_bind(), VAULT + SEARCH)


def _words(name: str, source: str) -> sa.Column[str]:
    kept = sa.Computed(f"text_words({source})", persisted=True)
    return sa.Column(name, TSVECTOR, kept)


def _saved_filters() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("start", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("uq_saved_filter_account_id_name", "saved_filter", ["account_id", "name"], unique=True)
    op.create_index(
        "uq_saved_filter_start", "saved_filter", ["account_id"], unique=True, postgresql_where=sa.text('"start"')
    )


def downgrade() -> None:
    op.drop_table("saved_filter")
    op.drop_column("report", "words")
    for column in ("work_order", "public_words"):
        op.drop_column("hazard", column)
    for name in ("made_safe_until", "closed_body", "closed_all"):
        op.drop_index(f"ix_hazard_{name}", "hazard")
    op.create_index("ix_hazard_body_open_due", "hazard", ["body_id", "is_open", "next_due", "id"])
    op.execute("DROP FUNCTION text_words; DROP FUNCTION folded_words")
