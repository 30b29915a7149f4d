"""Move the hazards of a run, batch by batch, each its own transaction, until it is done or stopped.

Decision: some batches, then the job puts itself into the queue again: other jobs get their turn, and a worker that is
killed loses one batch at most. Run twice at once it does no harm: the run's row lets one batch through at a time.
"""

from app.actions.reroute import BATCH, move_batch
from app.jobs.context import Jobs
from app.outbox import JobName, enqueue

BATCHES = 20


def reroute(jobs: Jobs, *, run_id: int) -> None:
    """Go on with the run; nothing where it does not run."""
    for turn in range(BATCHES):
        with jobs.transaction() as session:
            if not move_batch(session, run_id=run_id, policy=jobs.policy, now=jobs.now(), limit=BATCH):
                return
            if turn == BATCHES - 1:
                enqueue(session, JobName.REROUTE, run_id=run_id)
