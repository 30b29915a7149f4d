"""The crew's jobs and the contractor's links"""

import sqlalchemy as sa
from alembic import op

from migrations.roles import SEARCH, VAULT, grant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NOW = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sent_act",
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("client_id", sa.Uuid, primary_key=True),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("at", NOW, nullable=False),
    )
    op.create_index("ix_sent_act_at", "sent_act", ["at"])
    _links()
    _actors("'system', 'reporter', 'account', 'contractor'")
    op.execute(
        "ALTER TABLE event ADD CONSTRAINT ck_event_contractor"
        " CHECK ((actor = 'contractor') <= (data ->> 'link' IS NOT NULL))"
    )
    grant(op.get_bind(), VAULT + SEARCH)


def downgrade() -> None:
    """The owner alone may touch the history: what a contractor said stays, as said by somebody without an account."""
    op.execute("ALTER TABLE event DROP CONSTRAINT ck_event_contractor")
    op.execute("ALTER TABLE event DISABLE TRIGGER USER")
    op.execute("UPDATE event SET actor = 'reporter' WHERE actor = 'contractor'")
    op.execute("ALTER TABLE event ENABLE TRIGGER USER")
    _actors("'system', 'reporter', 'account'")
    for table in ("contractor_photo", "contractor_link", "sent_act"):
        op.drop_table(table)


def _links() -> None:
    op.create_table(
        "contractor_link",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), nullable=False),
        sa.Column("body_id", sa.Integer, sa.ForeignKey("body.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("needed", sa.Text, nullable=False),
        sa.Column("made_by", sa.BigInteger, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("made_at", NOW, nullable=False),
        sa.Column("expires_at", NOW, nullable=False),
        sa.Column("used_at", NOW),
        sa.Column("revoked_at", NOW),
        sa.Column("revoked_by", sa.BigInteger, sa.ForeignKey("account.id")),
    )
    op.execute(
        "ALTER TABLE contractor_link"
        " ADD CONSTRAINT ck_contractor_link_expires_later CHECK (expires_at > made_at),"
        " ADD CONSTRAINT ck_contractor_link_revoked_together CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))"
    )
    op.create_index("uq_contractor_link_token_hash", "contractor_link", ["token_hash"], unique=True)
    op.create_index("ix_contractor_link_hazard_id", "contractor_link", ["hazard_id"])
    op.create_table(
        "contractor_photo",
        sa.Column("link_id", sa.BigInteger, sa.ForeignKey("contractor_link.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("photo_id", sa.BigInteger, sa.ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True),
    )


def _actors(values: str) -> None:
    op.execute("ALTER TABLE event DROP CONSTRAINT ck_event_actor")
    op.execute(f"ALTER TABLE event ADD CONSTRAINT ck_event_actor CHECK (actor IN ({values}))")
