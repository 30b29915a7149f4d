"""Channels: choices of each person, webhooks, SMS, digests"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import SEARCH, VAULT, grant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STAFF_PUSH = """
GRANT INSERT, DELETE, SELECT (id, account_id, endpoint_key, created_at) ON vault.staff_push TO "{db}_app";
GRANT SELECT, UPDATE, DELETE ON vault.staff_push TO "{db}_desk";
"""
"""As vault.contact: the application puts a browser in and takes it out, the worker's role of the desk reads it."""

MOMENT = sa.DateTime(timezone=True)
SENT = "(sent_at IS NULL) = (state IN ('queued', 'refused'))"


def upgrade() -> None:
    op.add_column("account", sa.Column("mail_failed_at", MOMENT))
    _choices()
    _notices()
    _webhooks()
    _push()
    _discarded()
    op.add_column("notice", sa.Column("reader_key", sa.LargeBinary))
    op.create_index("uq_notice_event_id_reader_key", "notice", ["event_id", "reader_key"], unique=True)
    grant(op.get_bind(), VAULT + SEARCH + STAFF_PUSH)


def downgrade() -> None:
    op.execute("DELETE FROM message WHERE state = 'discarded'")
    op.execute("DELETE FROM notice WHERE state = 'discarded'")
    _states("message", "'queued', 'sent', 'refused', 'bounced'", SENT)
    _states("notice", "'queued', 'sent', 'refused'", "(sent_at IS NULL) = (state <> 'sent')")
    op.drop_column("notice", "reader_key")
    op.drop_table("staff_push", schema="vault")
    for table in ("webhook_delivery", "webhook", "webhook_host", "staff_notice", "staff_choice", "staff_setting"):
        op.drop_table(table)
    op.drop_column("account", "mail_failed_at")


def _choices() -> None:
    op.create_table(
        "staff_choice",
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.CheckConstraint("channel IN ('email', 'push', 'sms')", name=op.f("ck_staff_choice_channel")),
    )
    op.create_table(
        "staff_setting",
        sa.Column(
            "account_id",
            sa.BigInteger,
            sa.ForeignKey("account.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("phone", sa.Text),
        sa.Column("phone_failed_at", MOMENT),
        sa.Column("quiet_from", sa.Time),
        sa.Column("quiet_until", sa.Time),
        sa.Column("digest_hour", sa.SmallInteger),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_staff_setting_quiet_together")
        ),
        sa.CheckConstraint("digest_hour BETWEEN 0 AND 23", name=op.f("ck_staff_setting_digest_hour")),
    )


def _notices() -> None:
    op.create_table(
        "staff_notice",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id")),
        sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.id")),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("critical", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("state", sa.Text, nullable=False, server_default="queued"),
        sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("reached", sa.ARRAY(sa.BigInteger), nullable=False, server_default="{}"),
        sa.Column("digest_id", sa.BigInteger, sa.ForeignKey("staff_notice.id", ondelete="CASCADE")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.CheckConstraint("channel IN ('email', 'push', 'sms')", name=op.f("ck_staff_notice_channel")),
        sa.CheckConstraint(
            "state IN ('queued', 'held', 'bundled', 'sent', 'refused', 'bounced', 'dropped', 'discarded')",
            name=op.f("ck_staff_notice_state"),
        ),
        sa.CheckConstraint("(state = 'held') = (due_at IS NOT NULL)", name=op.f("ck_staff_notice_due_at")),
        sa.CheckConstraint("state <> 'bundled' OR digest_id IS NOT NULL", name=op.f("ck_staff_notice_digest")),
    )
    op.create_index("uq_staff_notice_key", "staff_notice", ["key"], unique=True)
    op.create_index("ix_staff_notice_account_id", "staff_notice", ["account_id", "state"])
    op.create_index("ix_staff_notice_hazard_id", "staff_notice", ["hazard_id"])
    op.create_index("ix_staff_notice_digest_id", "staff_notice", ["digest_id"])
    op.create_index("ix_staff_notice_due_at", "staff_notice", ["due_at"], postgresql_where=sa.text("state = 'held'"))
    dead = sa.text("state IN ('refused', 'bounced')")
    op.create_index("ix_staff_notice_dead", "staff_notice", ["id"], postgresql_where=dead)


def _webhooks() -> None:
    op.create_table(
        "webhook_host",
        sa.Column("host", sa.Text, primary_key=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("first_by", sa.BigInteger, sa.ForeignKey("account.id")),
        sa.Column("first_at", MOMENT),
        sa.Column("second_by", sa.BigInteger, sa.ForeignKey("account.id")),
        sa.Column("second_at", MOMENT),
        sa.CheckConstraint("(first_by IS NULL) = (first_at IS NULL)", name=op.f("ck_webhook_host_first")),
        sa.CheckConstraint("(second_by IS NULL) = (second_at IS NULL)", name=op.f("ck_webhook_host_second")),
        sa.CheckConstraint(
            "second_by IS NULL OR (first_by IS NOT NULL AND first_by <> second_by)",
            name=op.f("ck_webhook_host_two_people"),
        ),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id"), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("host", sa.Text, sa.ForeignKey("webhook_host.host"), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("secret_version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("rotated_at", MOMENT),
        sa.Column("failed_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("uq_webhook_body_id", "webhook", ["body_id"], unique=True)
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("webhook_id", sa.BigInteger, sa.ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.id"), nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="queued"),
        sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.CheckConstraint(
            "state IN ('queued', 'sent', 'refused', 'dropped', 'discarded')", name=op.f("ck_webhook_delivery_state")
        ),
    )
    op.create_index("uq_webhook_delivery_key", "webhook_delivery", ["key"], unique=True)
    op.create_index("ix_webhook_delivery_webhook_id", "webhook_delivery", ["webhook_id", "id"])
    op.create_index("ix_webhook_delivery_hazard_id", "webhook_delivery", ["hazard_id"])


def _push() -> None:
    op.create_table(
        "staff_push",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
        sa.Column("endpoint_key", sa.LargeBinary, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        schema="vault",
    )
    op.create_index("uq_staff_push_endpoint_key", "staff_push", ["endpoint_key"], unique=True, schema="vault")
    op.create_index("ix_staff_push_account_id", "staff_push", ["account_id"], schema="vault")


def _discarded() -> None:
    """What an administrator has thrown away, with a reason, is neither sent nor waits."""
    _states("message", "'queued', 'sent', 'refused', 'bounced', 'discarded'", f"state = 'discarded' OR {SENT}")
    _states("notice", "'queued', 'sent', 'refused', 'discarded'", "(sent_at IS NULL) = (state <> 'sent')")


def _states(table: str, states: str, sent: str) -> None:
    op.drop_constraint(f"ck_{table}_state", table)
    op.create_check_constraint(op.f(f"ck_{table}_state"), table, f"state IN ({states})")
    op.drop_constraint(f"ck_{table}_sent_at", table)
    op.create_check_constraint(op.f(f"ck_{table}_sent_at"), table, sent)
