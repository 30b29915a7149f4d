"""End the pauses that a hold began: from now on only a question stops the fix clock

What a hold has given so far stays given; whatever waits for an answer goes on waiting.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

END_PAUSES = """
WITH ended AS (
  UPDATE hazard h SET fix_due = h.fix_due + (now() - h.fix_paused_at), fix_paused_at = NULL
   WHERE h.fix_paused_at IS NOT NULL
     AND NOT EXISTS (SELECT FROM question q WHERE q.hazard_id = h.id AND q.asked_at = h.fix_paused_at
                        AND q.stops_until IS NOT NULL AND q.ran_again_at IS NULL)
  RETURNING h.id, h.body_id, h.status)
INSERT INTO event (hazard_id, kind, at, actor, body_id, status, public)
SELECT id, 'fix_clock_runs', now(), 'system', body_id, status, false FROM ended
"""


def upgrade() -> None:
    op.execute(END_PAUSES)


def downgrade() -> None:
    """Nothing: which holds had stopped a clock is told by the history, and a clock that runs is no harm."""
