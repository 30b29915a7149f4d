"""Tell the body by mail that a hazard is now its own."""

from app.actions.mail_again import TRIES
from app.actions.messages import (
    begin_sending,
    message_delayed,
    message_refused,
    message_sent,
    message_stuck,
)
from app.gateways.mail import MailDelayed, MailRefused, OutgoingMail
from app.jobs.context import Jobs
from app.jobs.mail_keys import message_key, sealed
from app.jobs.mail_text import hazard_mail_text
from app.queries.mail import HazardMail, hazard_mail


def notify_body(jobs: Jobs, *, hazard_id: int, event_id: int) -> None:
    """Send the mail, once for each event. Raises MailDelayed, for the queue to try again."""
    key = message_key(hazard_id, event_id, "assigned")
    ready = _prepared(jobs, key, hazard_id, event_id)
    if ready is not None:
        deliver(jobs, key, *ready)


def _prepared(jobs: Jobs, key: str, hazard_id: int, event_id: int) -> tuple[OutgoingMail, int] | None:
    """The mail and the number of this try; None where there is nothing to send."""
    with jobs.transaction() as session:
        found = hazard_mail(session, hazard_id=hazard_id, event_id=event_id)
        if found is None:
            return None
        tries = begin_sending(
            session,
            key=key,
            hazard_id=hazard_id,
            body_id=found.body_id,
            kind="assigned",
            recipient=found.to,
            now=jobs.now(),
        )
        return None if tries is None or found.to is None else (_written(jobs, key, found, found.to), tries)


def _written(jobs: Jobs, key: str, found: HazardMail, to: str) -> OutgoingMail:
    return hazard_mail_text(
        found,
        key=sealed(key, jobs.secret),
        to=to,
        base_url=jobs.base_url,
        default_language=jobs.default_language,
    )


def deliver(jobs: Jobs, key: str, mail: OutgoingMail, tries: int) -> None:
    """Hand the mail to the provider and keep what became of it. Raises MailDelayed, for the queue to try again."""
    try:
        jobs.mailer.send(mail)
    except MailRefused as refusal:
        with jobs.transaction() as session:
            message_refused(session, key=key, error=str(refusal), now=jobs.now())
    except MailDelayed as delay:
        if tries >= TRIES:
            _wait_for_help(jobs, key, f"gave up after {tries} tries: {delay}")
            return
        with jobs.transaction() as session:
            message_delayed(session, key=key, error=str(delay))
        raise
    else:
        with jobs.transaction() as session:
            message_sent(session, key=key, now=jobs.now())


def _wait_for_help(jobs: Jobs, key: str, error: str) -> None:
    with jobs.transaction() as session:
        message_stuck(session, key=key, error=error, now=jobs.now())
