"""Jobs are enqueued in the caller's transaction: what rolls back leaves no job, what commits leaves one.

Decision: the function in the database by which Procrastinate defers is called on the session's own connection. Turned
down: its client, whose objects cost as much as the statement; deferring on a connection of its own after the commit,
which loses the job when the process dies in between. Arguments are ids and nothing else: a job re-reads what it acts
on, so that no name or text lies in the queue (security notes T23).
"""

import json
from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session


class JobName(StrEnum):
    """Every job there is; `app/jobs` has a handler for each, and a test says so."""

    NOTIFY_BODY = "notify_body"
    NOTIFY_REROUTED = "notify_rerouted"
    REROUTE = "reroute"
    PREVIEW_REROUTE = "preview_reroute"
    SWEEP_DEADLINES = "sweep_deadlines"
    FOLD_MAP = "fold_map"
    SWEEP_PHOTOS = "sweep_photos"
    RETRY_STALLED = "retry_stalled"
    PURGE = "purge"
    RESCORE = "rescore"
    TELL_DESK = "tell_desk"
    SWEEP_HELD = "sweep_held"
    ERASE_HELD = "erase_held"
    CALL_DUTY = "call_duty"
    SWEEP_DUTY = "sweep_duty"
    SWEEP_ESCALATION = "sweep_escalation"
    TELL_HEAD = "tell_head"
    TELL_ABOVE = "tell_above"
    NOTIFY_FOLLOWERS = "notify_followers"
    SEND_NOTICE = "send_notice"
    SEND_LINK = "send_link"
    TELL_ACCOUNT = "tell_account"
    SEND_STAFF_NOTICE = "send_staff_notice"
    SEND_DIGESTS = "send_digests"
    DELIVER_WEBHOOK = "deliver_webhook"
    SEEK_REPEAT = "seek_repeat"


_DEFER = text("""
SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[
  ROW('default', :job, 0, NULL, NULL, CAST(:ids AS jsonb), NULL)::procrastinate_job_to_defer_v1]))
""")
"""What Procrastinate's own client sends."""
_DEFER_ALL = text("""
SELECT procrastinate_defer_jobs_v1(ARRAY(
  SELECT ROW('default', each->>'job', 0, NULL, NULL, each->'ids', NULL)::procrastinate_job_to_defer_v1
    FROM jsonb_array_elements(CAST(:jobs AS jsonb)) each))
""")


def enqueue(session: Session, job: JobName, **ids: int) -> int:
    """Put `job` into the queue as part of the session's transaction; returns the job's id."""
    if not all(type(value) is int for value in ids.values()):
        raise TypeError("a job takes ids only")
    return int(session.connection().execute(_DEFER, {"job": job.value, "ids": json.dumps(ids)}).scalar_one())


def enqueue_all(session: Session, jobs: Mapping[JobName, Mapping[str, int]]) -> None:
    """Several at once, for the hot path: one statement."""
    if not all(type(value) is int for ids in jobs.values() for value in ids.values()):
        raise TypeError("a job takes ids only")
    given = [{"job": job.value, "ids": dict(ids)} for job, ids in jobs.items()]
    session.connection().execute(_DEFER_ALL, {"jobs": json.dumps(given)})
