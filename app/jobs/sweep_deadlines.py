"""Every minute: what time alone changes."""

from app.actions.deadlines import BATCH, end_made_safe, mark_overdue
from app.actions.ownership import BATCH as OWNER_BATCH
from app.actions.ownership import escalate_owners
from app.actions.questions import end_waiting
from app.jobs.context import Jobs

MOST_BATCHES = 200


def sweep_deadlines(jobs: Jobs) -> None:
    """End made safe first: a hazard that is no longer safe may be overdue at once."""
    for act in (end_made_safe, end_waiting, mark_overdue):
        for _ in range(MOST_BATCHES):
            with jobs.transaction() as session:
                if act(session, now=jobs.now()) < BATCH:
                    break
    for _ in range(MOST_BATCHES):
        with jobs.transaction() as session:
            if escalate_owners(session, policy=jobs.policy, now=jobs.now()) < OWNER_BATCH:
                break
