"""What the worker does about held reports: tell the desk, tell others when nobody decides, erase what has had its time.

Jobs know a number and nothing else; the mail says that something waits and where, and nothing of what it is.
"""

from app.actions.held import alarm_nobody_told, alarm_of_waiting, erase_held, mark_told
from app.domain.held import HeldState
from app.gateways.mail import MailRefused
from app.jobs.context import Jobs
from app.jobs.mail_keys import sealed
from app.jobs.mail_text import held_mail_text
from app.queries.held import by_id


def tell_desk(jobs: Jobs, *, held_id: int) -> None:
    """Mail the desk once; without an address an alarm is raised at once. Raises MailDelayed, to be tried again."""
    with jobs.transaction() as session:
        row = by_id(session, held_id)
        if row is None or row.told_at is not None or row.state != HeldState.WAITING:
            return
        if not jobs.desk_email:
            alarm_nobody_told(session, now=jobs.now())
            return
    key = sealed(f"held-{held_id}", jobs.secret)
    mail = held_mail_text(key=key, to=jobs.desk_email, base_url=jobs.base_url, default_language=jobs.default_language)
    try:
        jobs.mailer.send(mail)
    except MailRefused:
        with jobs.transaction() as session:
            alarm_nobody_told(session, now=jobs.now())
        return
    with jobs.transaction() as session:
        mark_told(session, held_id=held_id, now=jobs.now())


def sweep_held(jobs: Jobs) -> None:
    """Every minute: an alarm where something has waited for a quarter of an hour."""
    with jobs.transaction() as session:
        alarm_of_waiting(session, now=jobs.now())


def erase_held_reports(jobs: Jobs) -> None:
    """Every night; see `actions/held.py`."""
    if jobs.desk is not None:
        with jobs.desk() as session:
            erase_held(session, now=jobs.now())
