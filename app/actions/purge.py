"""Forget what nobody needs any longer: sessions that have ended, tries to sign in, finished jobs, dead workers."""

from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from app.actions.account_links import forget_links
from app.actions.account_news import forget_letters
from app.actions.follow import forget_followers
from app.actions.limits import forget_counts
from app.actions.presence import forget_presence
from app.actions.staff_notices import forget_staff_notices
from app.actions.webhook_deliveries import forget_deliveries
from app.models import BulkRun, SentAct, SignInStep, SignInTry, StaffSession

TRIES_KEPT = timedelta(days=1)
ACTS_KEPT = timedelta(days=90)
"""No device waits so long for a network; a repeat after that is a new act."""
RUNS_KEPT = timedelta(days=30)
"""What became of many hazards at once; each of them keeps its own history for good."""
JOBS_KEPT = timedelta(days=7)
WORKERS_KEPT = timedelta(days=1)

_JOBS = text("""
DELETE FROM procrastinate_jobs j
 WHERE j.status IN ('succeeded', 'failed', 'cancelled', 'aborted')
   AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= :before)
""")
_WORKERS = text("""
DELETE FROM procrastinate_workers w
 WHERE w.last_heartbeat < :before
   AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.worker_id = w.id AND j.status = 'doing')
""")


def purge(session: Session, *, now: datetime) -> None:
    """Delete all that is past its time at `now`."""
    forget_counts(session, now=now)
    forget_followers(session, now=now)
    forget_presence(session, now=now)
    forget_staff_notices(session, now=now)
    forget_deliveries(session, now=now)
    session.execute(delete(StaffSession).where(StaffSession.expires_at < now))
    session.execute(delete(SignInStep).where(SignInStep.expires_at < now))
    forget_links(session, now=now)
    forget_letters(session, now=now)
    session.execute(delete(SignInTry).where(SignInTry.at < now - TRIES_KEPT))
    session.execute(delete(SentAct).where(SentAct.at < now - ACTS_KEPT))
    session.execute(delete(BulkRun).where(BulkRun.at < now - RUNS_KEPT))
    session.execute(_JOBS, {"before": now - JOBS_KEPT})
    session.execute(_WORKERS, {"before": now - WORKERS_KEPT})
