"""The schedule of the escalation as rows that an administrator changes; how long somebody on duty may be silent

`qauip seed` fills both from data/escalation.yaml.
"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import SEARCH, VAULT, grant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CHECKS = {
    "key": "key = severity || ':' || code",
    "severity": "severity IN ('low', 'medium', 'high', 'critical')",
    "clock": "clock IN ('make_safe', 'fix')",
    "one_moment": "num_nonnulls(share, hours) = 1",
    "share": "share > 0 AND share < 1",
    "hours": "hours BETWEEN -720 AND 720",
    "tell": "cardinality(tell) > 0 AND tell <@ '{dispatcher,head,above,coordinator}'::text[]",
}


def upgrade() -> None:
    op.create_table(
        "escalation_step",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("clock", sa.Text),
        sa.Column("share", sa.Float),
        sa.Column("hours", sa.Float),
        sa.Column("tell", sa.dialects.postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("fresh", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.UniqueConstraint("severity", "code", name=op.f("uq_escalation_step_severity_code")),
        *(sa.CheckConstraint(check, name=op.f(f"ck_escalation_step_{name}")) for name, check in CHECKS.items()),
    )
    op.create_table(
        "duty_rule",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("minutes", sa.SmallInteger, nullable=False),
        sa.CheckConstraint("code = 'acknowledge'", name=op.f("ck_duty_rule_code")),
        sa.CheckConstraint("minutes BETWEEN 3 AND 240", name=op.f("ck_duty_rule_minutes")),
    )
    grant(op.get_bind(), VAULT + SEARCH)


def downgrade() -> None:
    op.drop_table("duty_rule")
    op.drop_table("escalation_step")
