"""After a report was taken in, and after a fix: was this spot dangerous before?"""

from app.actions.repeats import note_repeat
from app.jobs.context import Jobs


def seek_repeat(jobs: Jobs, *, hazard_id: int) -> None:
    """Once or twice is the same."""
    with jobs.transaction() as session:
        note_repeat(session, hazard_id=hazard_id, policy=jobs.policy, now=jobs.now())
