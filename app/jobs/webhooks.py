"""Tell a body's own system what has happened, once for each event and key; retried for hours, then given up aloud."""

import json

from app.actions.mail_again import TRIES
from app.actions.webhook_deliveries import (
    begin_delivery,
    delivery_delayed,
    delivery_dropped,
    delivery_refused,
    delivery_sent,
)
from app.domain.webhooks import good_secrets
from app.gateways.mail import MailDelayed
from app.gateways.webhook import OutgoingHook, WebhookDelayed, WebhookRefused
from app.jobs.context import Jobs
from app.queries.webhooks import HookFacts, hook_facts


def deliver_webhook(jobs: Jobs, *, delivery_id: int) -> None:
    """Send one. Raises MailDelayed, for the queue to try again."""
    with jobs.transaction() as session:
        tries = begin_delivery(session, delivery_id)
        if tries is None:
            return
        facts = hook_facts(session, delivery_id, jobs.base_url)
        if facts is None:
            delivery_dropped(session, delivery_id=delivery_id)
            return
    try:
        _send(jobs, facts)
    except WebhookRefused as refusal:
        _refused(jobs, delivery_id, str(refusal))
    except WebhookDelayed as delay:
        if tries >= TRIES:
            _refused(jobs, delivery_id, f"gave up after {tries} tries: {delay}")
            return
        with jobs.transaction() as session:
            delivery_delayed(session, delivery_id=delivery_id, error=str(delay))
        raise MailDelayed("a webhook waits") from None
    else:
        with jobs.transaction() as session:
            delivery_sent(session, delivery_id=delivery_id, now=jobs.now())


def _send(jobs: Jobs, facts: HookFacts) -> None:
    """Raises WebhookRefused, WebhookDelayed."""
    if jobs.webhooks is None or not facts.allowed:
        raise WebhookRefused("the host is not allowed")
    secrets = good_secrets(
        jobs.secret, facts.webhook_id, facts.secret_version, rotated_at=facts.rotated_at, now=jobs.now()
    )
    body = json.dumps({"key": facts.key, **facts.payload}, ensure_ascii=False, separators=(",", ":")).encode()
    at = int(jobs.now().timestamp())
    jobs.webhooks.send(OutgoingHook(key=facts.key, url=facts.url, body=body, secrets=secrets, at=at))


def _refused(jobs: Jobs, delivery_id: int, error: str) -> None:
    with jobs.transaction() as session:
        delivery_refused(session, delivery_id=delivery_id, error=error, now=jobs.now())
