"""Tell a body at once about many hazards that are now its own: hundreds of single mails would be read by nobody."""

from functools import partial

from app.actions.notify_many import tell_of_many
from app.jobs.context import Jobs
from app.jobs.mail_text import rerouted_mail_text
from app.jobs.sending import send_once
from app.queries.reroute_mail import rerouted_mail


def notify_rerouted(jobs: Jobs, *, hazard_id: int, event_id: int) -> None:
    """Its people by the channels they chose, its mailbox by mail; once for each event.

    Raises MailDelayed, for the queue to try again.
    """
    with jobs.transaction() as session:  # before the mail: a dead address of the body must not hold up its people
        tell_of_many(session, event_id=event_id, now=jobs.now())
    find = partial(rerouted_mail, event_id=event_id)
    send_once(jobs, kind="rerouted", hazard_id=hazard_id, event_id=event_id, find=find, write=rerouted_mail_text)
