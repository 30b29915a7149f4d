"""A job that can be enqueued can be run."""

import inspect

from app.jobs import HANDLERS, PERIODIC
from app.outbox import JobName


def test_every_job_name_has_a_handler() -> None:
    assert set(HANDLERS) == set(JobName)
    assert len(set(HANDLERS.values())) == len(JobName)


def test_jobs_take_the_context_and_ids_only() -> None:
    for name, handler in HANDLERS.items():
        first, *ids = inspect.signature(handler).parameters.values()
        assert first.name == "jobs"
        assert all(each.kind is each.KEYWORD_ONLY and each.annotation is int for each in ids), name


def test_what_runs_by_the_clock_needs_no_ids() -> None:
    for name in PERIODIC:
        assert list(inspect.signature(HANDLERS[name]).parameters) == ["jobs"]
