"""Every night: forget what has had its time."""

from app.actions.purge import purge
from app.jobs.context import Jobs


def purge_old(jobs: Jobs) -> None:
    """See `actions/purge.py`."""
    with jobs.transaction() as session:
        purge(session, now=jobs.now())
