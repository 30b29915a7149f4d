"""Tell the body that a hazard is now its own: its mailbox by mail, its people by the channels they chose."""

from functools import partial

from app.actions.notify_acts import tell_of_assignment
from app.jobs.context import Jobs
from app.jobs.mail_text import hazard_mail_text
from app.jobs.sending import send_once
from app.outbox import JobName, enqueue
from app.queries.duty import calls_duty
from app.queries.mail import hazard_mail


def notify_body(jobs: Jobs, *, hazard_id: int, event_id: int) -> None:
    """Call who is on duty where lives are in danger, then send the mail, once for each event.

    Raises MailDelayed, for the queue to try again.
    """
    with jobs.transaction() as session:  # before the mail: a dead address of the body must not hold up its people
        critical = calls_duty(session, hazard_id)
        if critical:
            enqueue(session, JobName.CALL_DUTY, hazard_id=hazard_id)
        tell_of_assignment(session, hazard_id=hazard_id, event_id=event_id, critical=critical, now=jobs.now())
    find = partial(hazard_mail, hazard_id=hazard_id, event_id=event_id)
    send_once(jobs, kind="assigned", hazard_id=hazard_id, event_id=event_id, find=find, write=hazard_mail_text)
