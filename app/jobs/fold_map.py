"""Every ten seconds: fold the changes of the map into its cells."""

from app.actions.map_cells import fold
from app.jobs.context import Jobs

MOST_BATCHES = 50


def fold_map(jobs: Jobs) -> None:
    """Batch by batch, each its own transaction; what is left waits for the next time."""
    for _ in range(MOST_BATCHES):
        with jobs.transaction() as session:
            if not fold(session):
                return
