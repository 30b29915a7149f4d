"""Every twenty seconds: jobs of workers that were killed run again within a minute."""

from app.actions.stalled import retry_stalled_jobs
from app.jobs.context import Jobs


def retry_stalled(jobs: Jobs) -> None:
    """See `actions/stalled.py`. Every job is idempotent, so that one run twice does no harm."""
    with jobs.transaction() as session:
        retry_stalled_jobs(session)
