"""Every night: remove stored photographs that no row mentions, since their action did not commit (decisions §22)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from app.jobs.context import Jobs
from app.queries.photos import keys_in_use

ORPHAN_AGE = timedelta(days=1)
_BATCH = 500


def sweep_photos(jobs: Jobs) -> None:
    """The store asks for the age again before it deletes: a door may be storing the same picture now."""
    for keys in _batches(jobs.photos.keys_older_than(ORPHAN_AGE)):
        with jobs.transaction() as session:
            used = keys_in_use(session, keys)
        for key in keys:
            if key not in used:
                jobs.photos.delete(key, older_than=ORPHAN_AGE)


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(keys, _BATCH)):
        yield batch
