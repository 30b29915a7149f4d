"""Webhooks, their hosts, and what a delivery says, read at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.domain.references import show_reference
from app.domain.webhooks import LEFT
from app.models import Account, Body, Event, Hazard, Webhook, WebhookDelivery, WebhookHost

MANY = 20


@dataclass(frozen=True)
class HookFacts:
    """`payload`: as JSON takes it; `allowed`: the host is still on the list."""

    key: str
    webhook_id: int
    url: str
    allowed: bool
    secret_version: int
    rotated_at: datetime | None
    payload: dict[str, Any]


def hook_facts(session: Session, delivery_id: int, base_url: str) -> HookFacts | None:
    """None where nothing is to be said: switched off, held, or another body's by now, but for the line that says so."""
    row = session.execute(
        select(WebhookDelivery, Webhook, WebhookHost, Event, Hazard, Body)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .join(WebhookHost, WebhookHost.host == Webhook.host)
        .join(Event, Event.id == WebhookDelivery.event_id)
        .join(Hazard, Hazard.id == WebhookDelivery.hazard_id)
        .join(Body, Body.id == Webhook.body_id)
        .where(WebhookDelivery.id == delivery_id)
    ).one()
    theirs = row.Hazard.body_id == row.Webhook.body_id
    left = _takes_away(row.Event, row.Webhook.body_id)
    if not row.Webhook.active or row.Hazard.held or theirs == left:
        return None
    return HookFacts(
        key=f"webhook-{row.WebhookDelivery.key}",
        webhook_id=row.Webhook.id,
        url=row.Webhook.url,
        allowed=row.WebhookHost.second_by is not None,
        secret_version=row.Webhook.secret_version,
        rotated_at=row.Webhook.rotated_at,
        payload=_left(row.Event, row.Hazard, row.Body) if left else _payload(row.Event, row.Hazard, row.Body, base_url),
    )


def webhook_of(session: Session, body_id: int) -> tuple[Webhook, WebhookHost] | None:
    """A body's webhook and its host."""
    found = select(Webhook, WebhookHost).join(WebhookHost, WebhookHost.host == Webhook.host)
    row = session.execute(found.where(Webhook.body_id == body_id)).first()
    return (row.Webhook, row.WebhookHost) if row else None


@dataclass(frozen=True)
class Delivered:
    """`kind`: as the message named it; `theirs`: the body answers for the hazard now."""

    delivery: WebhookDelivery
    kind: str
    reference: str
    theirs: bool


def last_deliveries(session: Session, hook: Webhook) -> list[Delivered]:
    """The newest ones."""
    rows = session.execute(
        select(WebhookDelivery, Event, Hazard.reference, Hazard.body_id)
        .join(Event, Event.id == WebhookDelivery.event_id)
        .join(Hazard, Hazard.id == WebhookDelivery.hazard_id)
        .where(WebhookDelivery.webhook_id == hook.id)
        .order_by(WebhookDelivery.id.desc())
        .limit(MANY)
    )
    return [
        Delivered(each, LEFT if _takes_away(event, hook.body_id) else event.kind, reference, body_id == hook.body_id)
        for each, event, reference, body_id in rows
    ]


def hosts(session: Session) -> Sequence[Any]:
    """(WebhookHost, first, second: names; bodies at it), those that wait first."""
    first, second = aliased(Account), aliased(Account)
    return session.execute(
        select(WebhookHost, first.name.label("first"), second.name.label("second"))
        .outerjoin(first, first.id == WebhookHost.first_by)
        .outerjoin(second, second.id == WebhookHost.second_by)
        .order_by(WebhookHost.second_at.is_not(None), WebhookHost.asked_at.desc())
    ).all()


def bodies_at(session: Session, language: str) -> dict[str, list[str]]:
    """Names of the bodies whose webhook is at a host."""
    found: dict[str, list[str]] = {}
    for host, body in session.execute(select(Webhook.host, Body).join(Body, Body.id == Webhook.body_id)):
        found.setdefault(host, []).append(body.name(language))
    return found


def _takes_away(event: Event, body_id: int) -> bool:
    """Whether the hazard was this body's until the event, and is not from then on."""
    return event.data.get("from_body") == body_id != event.body_id


def _left(event: Event, hazard: Hazard, body: Body) -> dict[str, Any]:
    """That it is theirs no longer, and which: who has it now and how it goes on there is not for them."""
    return {
        "event": {"id": event.id, "kind": LEFT, "at": event.at.isoformat()},
        "body": body.code,
        "hazard": {"reference": show_reference(hazard.reference)},
    }


def _payload(event: Event, hazard: Hazard, body: Body, base_url: str) -> dict[str, Any]:
    """Codes, places and times; nothing that a person has written."""
    reference = show_reference(hazard.reference)
    return {
        "event": {"id": event.id, "kind": event.kind, "at": event.at.isoformat(), "status": event.status},
        "body": body.code,
        "hazard": {
            "reference": reference,
            "url": f"{base_url}/staff/h/{reference}",
            "type": hazard.hazard_type,
            "status": hazard.status,
            "severity": hazard.severity,
            "urgent": hazard.urgent,
            "disputed": hazard.disputed,
            "overdue": hazard.overdue,
            "longitude": round(hazard.label.x, 6),
            "latitude": round(hazard.label.y, 6),
            "received_at": hazard.received_at.isoformat(),
            "make_safe_due": _moment(hazard.make_safe_due),
            "made_safe_at": _moment(hazard.made_safe_at),
            "made_safe_until": _moment(hazard.made_safe_until),
            "fix_due": _moment(hazard.fix_due),
        },
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
