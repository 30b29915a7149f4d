"""Tell a body in one mail about many hazards that are now its own: hundreds of single mails would be read by nobody."""

from functools import partial

from app.jobs.context import Jobs
from app.jobs.mail_text import rerouted_mail_text
from app.jobs.sending import send_once
from app.queries.reroute_mail import rerouted_mail


def notify_rerouted(jobs: Jobs, *, hazard_id: int, event_id: int) -> None:
    """Send the mail, once for each event. Raises MailDelayed, for the queue to try again."""
    find = partial(rerouted_mail, event_id=event_id)
    send_once(jobs, kind="rerouted", hazard_id=hazard_id, event_id=event_id, find=find, write=rerouted_mail_text)
