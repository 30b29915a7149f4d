"""Letters that tell a person what happened to the account, at the address it had then"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import SEARCH, VAULT, grant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WHAT = (
    "what IN ('password', 'password_reset', 'email_asked', 'email', 'app_on', 'app_off', 'passkey_on',"
    " 'passkey_off', 'codes', 'factors_dropped')"
)


def upgrade() -> None:
    op.create_table(
        "account_letter",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("refused_at", MOMENT),
        sa.CheckConstraint(WHAT, name=op.f("ck_account_letter_what")),
    )
    op.create_index("ix_account_letter_account_id", "account_letter", ["account_id"])
    op.create_index("ix_account_letter_at", "account_letter", ["at"])
    grant(op.get_bind(), VAULT + SEARCH)


def downgrade() -> None:
    op.drop_table("account_letter")
