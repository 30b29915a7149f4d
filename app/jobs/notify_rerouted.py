"""Tell a body in one mail about many hazards that are now its own: hundreds of single mails would be read by nobody."""

from app.actions.messages import begin_sending
from app.gateways.mail import OutgoingMail
from app.jobs.context import Jobs
from app.jobs.mail_keys import message_key, sealed
from app.jobs.mail_text import rerouted_mail_text
from app.jobs.notify_body import deliver
from app.queries.reroute_mail import ReroutedMail, rerouted_mail


def notify_rerouted(jobs: Jobs, *, hazard_id: int, event_id: int) -> None:
    """Send the mail, once for each event. Raises MailDelayed, for the queue to try again."""
    key = message_key(hazard_id, event_id, "rerouted")
    ready = _prepared(jobs, key, hazard_id, event_id)
    if ready is not None:
        deliver(jobs, key, *ready)


def _prepared(jobs: Jobs, key: str, hazard_id: int, event_id: int) -> tuple[OutgoingMail, int] | None:
    """The mail and the number of this try; None where there is nothing to send."""
    with jobs.transaction() as session:
        found = rerouted_mail(session, event_id=event_id)
        if found is None:
            return None
        tries = begin_sending(
            session,
            key=key,
            hazard_id=hazard_id,
            body_id=found.body_id,
            kind="rerouted",
            recipient=found.to,
            now=jobs.now(),
        )
        return None if tries is None or found.to is None else (_written(jobs, key, found, found.to), tries)


def _written(jobs: Jobs, key: str, found: ReroutedMail, to: str) -> OutgoingMail:
    return rerouted_mail_text(
        found,
        key=sealed(key, jobs.secret),
        to=to,
        base_url=jobs.base_url,
        default_language=jobs.default_language,
    )
