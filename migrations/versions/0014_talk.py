"""Talking: templates of replies, questions to reporters, mentions of colleagues, who looks at a hazard"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import SEARCH, VAULT, grant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = "kind IN ('new', 'seen_too', 'addition', 'still_dangerous', 'safe_now'{more})"


def upgrade() -> None:
    _templates()
    _questions()
    _mentions()
    op.create_table(
        "presence",
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_presence_seen_at", "presence", ["seen_at"])
    grant(op.get_bind(), VAULT + SEARCH)


def downgrade() -> None:
    op.drop_table("presence")
    op.drop_table("mention")
    op.drop_column("hazard", "answer_waits")
    op.drop_column("report", "question_id")
    op.execute("UPDATE report SET kind = 'addition' WHERE kind = 'answer'")
    _kinds("")
    op.drop_table("question")
    op.drop_table("reply_template")


def _templates() -> None:
    op.create_table(
        "reply_template",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id")),
        sa.Column("act", sa.Text),
        sa.Column("hazard_type", sa.Text, sa.ForeignKey("hazard_type.code")),
        sa.Column("type_group", sa.Text),
        *(sa.Column(f"text_{language}", sa.Text, nullable=False) for language in ("kk", "ru", "en")),
        sa.Column("offered", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.execute(
        "ALTER TABLE reply_template ADD CONSTRAINT ck_reply_template_type_or_group"
        " CHECK (hazard_type IS NULL OR type_group IS NULL)"
    )
    op.create_index("uq_reply_template_code", "reply_template", ["code"], unique=True)
    op.create_index("ix_reply_template_body_id", "reply_template", ["body_id"])


def _questions() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("report_id", sa.BigInteger, sa.ForeignKey("report.id")),
        sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.id"), nullable=False),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id"), nullable=False),
        sa.Column("asked_by", sa.BigInteger, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("stops_until", sa.DateTime(timezone=True)),
        sa.Column("ran_again_at", sa.DateTime(timezone=True)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
    )
    op.create_index("uq_question_token", "question", ["token"], unique=True)
    op.create_index("ix_question_hazard_id", "question", ["hazard_id"])
    stopping = sa.text("stops_until IS NOT NULL AND ran_again_at IS NULL")
    op.create_index("ix_question_stops_until", "question", ["stops_until"], postgresql_where=stopping)
    op.add_column("report", sa.Column("question_id", sa.BigInteger, sa.ForeignKey("question.id")))
    answers = sa.text("question_id IS NOT NULL")
    op.create_index("ix_report_question_id", "report", ["question_id"], postgresql_where=answers)
    _kinds(", 'answer'")
    op.add_column("hazard", sa.Column("answer_waits", sa.Boolean, nullable=False, server_default=sa.false()))


def _mentions() -> None:
    op.create_table(
        "mention",
        sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.id"), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_mention_account_id_event_id", "mention", ["account_id", "event_id"])
    op.create_index("ix_mention_unread", "mention", ["account_id"], postgresql_where=sa.text("read_at IS NULL"))


def _kinds(more: str) -> None:
    op.execute("ALTER TABLE report DROP CONSTRAINT ck_report_kind")
    op.execute(f"ALTER TABLE report ADD CONSTRAINT ck_report_kind CHECK ({KINDS.format(more=more)})")
