"""Look through all hazards for a run of the re-routing that is too large for a page to wait for."""

from app.actions.reroute_preview import look_through
from app.domain.errors import BordersBusy
from app.jobs.context import Jobs
from app.outbox import JobName, enqueue


def preview_reroute(jobs: Jobs, *, run_id: int) -> None:
    """Once; put off while somebody imports borders or rules."""
    try:
        with jobs.transaction() as session:
            look_through(session, run_id=run_id, policy=jobs.policy, now=jobs.now())
    except BordersBusy:
        with jobs.transaction() as session:
            enqueue(session, JobName.PREVIEW_REROUTE, run_id=run_id)
