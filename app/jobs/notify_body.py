"""Tell the body by mail that a hazard is now its own."""

from functools import partial

from app.jobs.context import Jobs
from app.jobs.mail_text import hazard_mail_text
from app.jobs.sending import send_once
from app.outbox import JobName, enqueue
from app.queries.mail import hazard_mail, is_urgent


def notify_body(jobs: Jobs, *, hazard_id: int, event_id: int) -> None:
    """Call who is on duty to an urgent one, then send the mail, once for each event.

    Raises MailDelayed, for the queue to try again.
    """
    with jobs.transaction() as session:  # before the mail: a dead address of the body must not hold up its people
        if is_urgent(session, hazard_id):
            enqueue(session, JobName.CALL_DUTY, hazard_id=hazard_id)
    find = partial(hazard_mail, hazard_id=hazard_id, event_id=event_id)
    send_once(jobs, kind="assigned", hazard_id=hazard_id, event_id=event_id, find=find, write=hazard_mail_text)
