"""Give the jobs of dead workers back to the queue (security notes R4).

Procrastinate leaves a killed worker's job at "doing" for ever. This is its documented recipe (find by heartbeat,
retry), on our own session and through its own functions. Turned down: its Python API, which is asynchronous only.
A periodic job is ended instead: the next one is due in any case, and two with one queueing lock may not wait.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

DEAD_AFTER_S = 25
"""Workers show a sign of life every 5 seconds."""

_STALLED = text("""
SELECT j.id, j.queueing_lock IS NOT NULL AS periodic
  FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
 WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => :dead_after_s))
   FOR UPDATE OF j SKIP LOCKED
""")
_RETRY = text("SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)")
_END = text("SELECT procrastinate_finish_job_v1(:id, 'aborted', true)")


def retry_stalled_jobs(session: Session, *, dead_after_s: float = DEAD_AFTER_S) -> int:
    """How many jobs were taken from dead workers."""
    stalled = session.execute(_STALLED, {"dead_after_s": dead_after_s}).all()
    for job in stalled:
        session.execute(_END if job.periodic else _RETRY, {"id": job.id})
    return len(stalled)
