"""Every night: ice that has begun to sleep, water that has begun to wake."""

from app.actions.severity import rescore_open
from app.jobs.context import Jobs


def rescore(jobs: Jobs) -> None:
    """Batch by batch, each in its own transaction."""
    last: int | None = 0
    while last is not None:
        with jobs.transaction() as session:
            last = rescore_open(session, policy=jobs.policy, now=jobs.now(), after=last)
