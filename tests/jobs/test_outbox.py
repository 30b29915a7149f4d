"""A job lives and dies with the transaction that asked for it."""

import pytest
from sqlalchemy import text

from app.db import Databases, transaction
from app.outbox import JobName, enqueue


def _jobs(database: Databases) -> list[tuple[str, dict[str, int]]]:
    with transaction(database.app) as session:
        return [tuple(row) for row in session.execute(text("SELECT task_name, args FROM procrastinate_jobs"))]


def test_commit_leaves_one_job_with_ids_only(database: Databases) -> None:
    with transaction(database.app) as session:
        enqueue(session, JobName.NOTIFY_BODY, hazard_id=4, event_id=9)
    assert _jobs(database) == [("notify_body", {"hazard_id": 4, "event_id": 9})]


def test_roll_back_leaves_no_job(database: Databases) -> None:
    with transaction(database.app) as session:
        enqueue(session, JobName.NOTIFY_BODY, hazard_id=4, event_id=9)
        session.get_transaction().rollback()
    assert _jobs(database) == []


def test_text_in_the_arguments_is_refused(database: Databases) -> None:
    with transaction(database.app) as session, pytest.raises(TypeError):
        enqueue(session, JobName.NOTIFY_BODY, hazard_id="К. Ахметова")  # type: ignore[arg-type]
