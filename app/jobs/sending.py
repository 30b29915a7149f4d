"""Send one mail to a body, once for each event, and keep what became of it: what all mails to bodies share."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy.orm import Session

from app.actions.mail_again import TRIES
from app.actions.messages import begin_sending, message_delayed, message_refused, message_sent, message_stuck
from app.gateways.mail import MailDelayed, MailRefused, OutgoingMail
from app.jobs.context import Jobs
from app.jobs.mail_keys import message_key, sealed


class Found(Protocol):
    """What a mail says, and to whom; `to` None: the body has no address."""

    @property
    def body_id(self) -> int: ...
    @property
    def to(self) -> str | None: ...


def send_once(
    jobs: Jobs,
    *,
    kind: str,
    hazard_id: int,
    event_id: int,
    find: Callable[[Session], Found | None],
    write: Callable[..., OutgoingMail],
) -> None:
    """Send what `find` finds, in the words of `write`; nothing where there is none, or it was sent already.

    Raises MailDelayed, for the queue to try again.
    """
    key = message_key(hazard_id, event_id, kind)
    with jobs.transaction() as session:
        found = find(session)
        if found is None:
            return
        who = {"hazard_id": hazard_id, "body_id": found.body_id}
        tries = begin_sending(session, key=key, kind=kind, recipient=found.to, now=jobs.now(), **who)
    if tries is not None and found.to is not None:
        where = {"base_url": jobs.base_url, "default_language": jobs.default_language}
        _deliver(jobs, key, write(found, key=sealed(key, jobs.secret), to=found.to, **where), tries)


def _deliver(jobs: Jobs, key: str, mail: OutgoingMail, tries: int) -> None:
    """Hand the mail to the provider and keep what became of it. No transaction is open meanwhile."""
    try:
        jobs.mailer.send(mail)
    except MailRefused as refusal:
        with jobs.transaction() as session:
            message_refused(session, key=key, error=str(refusal), now=jobs.now())
    except MailDelayed as delay:
        if tries >= TRIES:
            with jobs.transaction() as session:
                message_stuck(session, key=key, error=f"gave up after {tries} tries: {delay}", now=jobs.now())
            return
        with jobs.transaction() as session:
            message_delayed(session, key=key, error=str(delay))
        raise
    else:
        with jobs.transaction() as session:
            message_sent(session, key=key, now=jobs.now())
