"""Second factor, passkeys, invitations, resets"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import SEARCH, VAULT, grant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
OF_ACCOUNT = "account.id"


def upgrade() -> None:
    op.add_column("account", sa.Column("handle", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")))
    op.add_column("account", sa.Column("joined_at", TIME, server_default=sa.func.now()))
    op.add_column("account", sa.Column("last_seen_at", TIME))
    op.create_index("uq_account_handle", "account", ["handle"], unique=True)
    op.create_index("ix_account_body_id", "account", ["body_id"])
    op.add_column("staff_session", sa.Column("device", sa.Text, nullable=False, server_default=""))
    op.add_column("staff_session", sa.Column("network", sa.Text, nullable=False, server_default=""))
    _factors()
    _steps_and_links()
    grant(op.get_bind(), VAULT + SEARCH)


def _factors() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey(OF_ACCOUNT, ondelete="CASCADE"), primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.LargeBinary, primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey(OF_ACCOUNT, ondelete="CASCADE"), nullable=False),
        sa.Column("used_at", TIME),
    )
    op.create_index("ix_recovery_code_account_id", "recovery_code", ["account_id"])
    op.create_table(
        "passkey",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey(OF_ACCOUNT, ondelete="CASCADE"), nullable=False),
        sa.Column("credential_id", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_used_at", TIME),
    )
    op.create_index("uq_passkey_credential_id", "passkey", ["credential_id"], unique=True)
    op.create_index("ix_passkey_account_id", "passkey", ["account_id"])


def _steps_and_links() -> None:
    op.create_table(
        "sign_in_step",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey(OF_ACCOUNT, ondelete="CASCADE")),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("challenge", sa.LargeBinary),
        sa.Column("expires_at", TIME, nullable=False),
        sa.CheckConstraint("purpose IN ('second', 'passkey', 'register')", name="purpose"),
    )
    op.create_index("ix_sign_in_step_account_id", "sign_in_step", ["account_id"])
    op.create_index("ix_sign_in_step_expires_at", "sign_in_step", ["expires_at"])
    op.create_table(
        "account_link",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey(OF_ACCOUNT, ondelete="CASCADE")),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("seed", sa.LargeBinary, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("sent_at", TIME),
        sa.Column("refused_at", TIME),
        sa.CheckConstraint("purpose IN ('invite', 'reset', 'email')", name="purpose"),
        sa.CheckConstraint("(purpose = 'email') = (email IS NOT NULL)", name="email"),
    )
    op.create_index("uq_account_link_token_hash", "account_link", ["token_hash"], unique=True)
    op.create_index("ix_account_link_account_id", "account_link", ["account_id"])
    op.create_index("ix_account_link_expires_at", "account_link", ["expires_at"])


def downgrade() -> None:
    for table in ("account_link", "sign_in_step", "passkey", "recovery_code", "one_time_code"):
        op.drop_table(table)
    op.drop_column("staff_session", "network")
    op.drop_column("staff_session", "device")
    op.drop_index("ix_account_body_id", "account")
    for column in ("last_seen_at", "joined_at", "handle"):
        op.drop_column("account", column)
