"""Tell followers what has happened. Only a worker with the vault's key can: elsewhere the notices wait, with an alarm.

No transaction is open while we talk to a provider. A worker killed in between sends again under the same key.
"""

import json
from typing import Any

from app.actions.follow import (
    begin_notice,
    claim_reader,
    end_follow,
    notice_given_up,
    notice_settled,
    notify_event,
    vault_closed,
)
from app.actions.mail_again import TRIES
from app.domain.follow import address_key
from app.gateways.mail import MailDelayed, MailRefused
from app.gateways.push import PushDelayed, PushGone, PushRefused
from app.gateways.vault import CannotOpen
from app.jobs.context import Jobs
from app.jobs.mail_keys import sealed
from app.jobs.notice_text import notice_mail_text, notice_push_text
from app.queries.follow import NoticeFacts, event_kind, notice_facts, sealed_contact


def notify_followers(jobs: Jobs, *, hazard_id: int, event_id: int) -> None:
    """Put one notice for each follower into the outbox."""
    with jobs.transaction() as session:
        kind = event_kind(session, event_id)
        if kind is not None:
            notify_event(session, hazard_id=hazard_id, event_id=event_id, kind=kind, now=jobs.now())


def send_notice(jobs: Jobs, *, notice_id: int) -> None:
    """Send one. Raises MailDelayed, for the queue to try again."""
    with jobs.transaction() as session:
        tries = begin_notice(session, notice_id)
        facts = notice_facts(session, notice_id)
        if tries is None:
            return
        if facts is None:
            notice_settled(session, notice_id=notice_id, now=jobs.now(), refused="nothing to be said any longer")
            return
    contact = _opened(jobs, facts.follow_id)
    if contact is None:
        with jobs.transaction() as session:
            vault_closed(session, now=jobs.now())
        return
    with jobs.transaction() as session:
        reader = address_key(contact["email"], jobs.secret) if facts.channel == "email" else None
        if reader is not None and not claim_reader(session, notice_id=notice_id, reader_key=reader):
            return
    _deliver(jobs, notice_id, facts, contact, tries)


def _opened(jobs: Jobs, follow_id: int) -> dict[str, Any] | None:
    """The address, or None where this worker cannot open it."""
    if jobs.vault is None:
        return None
    with jobs.vault.transaction() as session:
        kept = sealed_contact(session, follow_id)
    if kept is None:
        return None
    try:
        found: dict[str, Any] = json.loads(jobs.vault.keyring.open(*kept))
    except CannotOpen:
        return None
    return found


def _deliver(jobs: Jobs, notice_id: int, facts: NoticeFacts, contact: dict[str, Any], tries: int) -> None:
    try:
        _send(jobs, facts, contact)
    except PushGone:
        with jobs.transaction() as session:
            end_follow(session, follow_id=facts.follow_id)
    except (MailRefused, PushRefused) as refusal:
        with jobs.transaction() as session:  # a mail server's words may hold the address: its code says enough
            notice_settled(session, notice_id=notice_id, now=jobs.now(), refused=_without_address(refusal))
    except (MailDelayed, PushDelayed):
        if tries < TRIES:
            raise MailDelayed("a notice waits") from None
        with jobs.transaction() as session:
            notice_given_up(session, notice_id=notice_id, now=jobs.now(), error=f"gave up after {tries} tries")
    else:
        with jobs.transaction() as session:
            notice_settled(session, notice_id=notice_id, now=jobs.now())


def _send(jobs: Jobs, facts: NoticeFacts, contact: dict[str, Any]) -> None:
    where = {"base_url": jobs.base_url, "default_language": jobs.default_language}
    if facts.channel == "push":
        if jobs.push is None:
            raise PushRefused("no push here")
        jobs.push.send(contact["subscription"], notice_push_text(facts, **where))
        return
    jobs.mailer.send(notice_mail_text(facts, key=sealed(facts.key, jobs.secret), to=contact["email"], **where))


def _without_address(refusal: Exception) -> str:
    return str(refusal) if isinstance(refusal, PushRefused) else f"refused: {str(refusal)[:3]}"
