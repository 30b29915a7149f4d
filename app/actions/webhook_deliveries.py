"""The outbox of webhooks: one row for each event and webhook, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.alarms import raise_alarm
from app.actions.send_again import WEBHOOK_FAILED
from app.domain.webhooks import BY_THE_JOB, HOOKED
from app.models import Webhook, WebhookDelivery, WebhookHost
from app.outbox import JobName, enqueue

ERROR_MAX = 500
KEPT = timedelta(days=90)


def tell_webhooks(session: Session, rows: Sequence[Mapping[str, Any]], ids: Sequence[int]) -> None:
    """A delivery for each new line of a history whose body has a webhook, and for the body that the line takes the
    hazard from: its own system must not go on with another's work. One query, where any line matters.
    """
    told = [(body_id, row, number) for row, number in zip(rows, ids, strict=True) for body_id in _concerned(row)]
    if not told:
        return
    hooks = _active(session, {body_id for body_id, _, _ in told})
    for body_id, row, number in told:
        if body_id in hooks:
            _put(session, hooks[body_id], hazard_id=row["hazard_id"], event_id=number, now=row["at"])


def _concerned(row: Mapping[str, Any]) -> list[int]:
    """Who answers from this line on, and who did until it (`from_body`, where that is another)."""
    now_theirs = [row["body_id"]] if row["kind"] in HOOKED - BY_THE_JOB else []
    before = row.get("data", {}).get("from_body")
    lost = [before] if before != row["body_id"] else []
    return [body_id for body_id in now_theirs + lost if body_id is not None]


def tell_webhook_of(session: Session, *, body_id: int | None, hazard_id: int, event_id: int, now: datetime) -> None:
    """The same for one event, from a job; told already is told once."""
    hook = _active(session, {body_id}).get(body_id) if body_id is not None else None
    if hook is not None:
        _put(session, hook, hazard_id=hazard_id, event_id=event_id, now=now)


def begin_delivery(session: Session, delivery_id: int) -> int | None:
    """Count one more try; None when it was settled."""
    delivery = _locked(session, delivery_id)
    if delivery is None or delivery.state != "queued":
        return None
    delivery.attempts += 1
    session.flush()
    return delivery.attempts


def delivery_sent(session: Session, *, delivery_id: int, now: datetime) -> None:
    """The receiver has taken it: the webhook works again."""
    delivery = _locked(session, delivery_id)
    if delivery is not None and delivery.state == "queued":
        delivery.state, delivery.sent_at, delivery.error = "sent", now, ""
        session.get_one(Webhook, delivery.webhook_id, with_for_update=True).failed_at = None


def delivery_dropped(session: Session, *, delivery_id: int) -> None:
    """Nothing is to be said any longer."""
    delivery = _locked(session, delivery_id)
    if delivery is not None and delivery.state == "queued":
        delivery.state = "dropped"


def delivery_delayed(session: Session, *, delivery_id: int, error: str) -> None:
    """The receiver could not take it now; it stays queued."""
    delivery = _locked(session, delivery_id)
    if delivery is not None:
        delivery.error = error[:ERROR_MAX]


def delivery_refused(session: Session, *, delivery_id: int, error: str, now: datetime) -> None:
    """Nobody takes it: the body's people and the administrators see an alarm."""
    delivery = _locked(session, delivery_id)
    if delivery is None or delivery.state != "queued":
        return
    delivery.state, delivery.error = "refused", error[:ERROR_MAX]
    hook = session.get_one(Webhook, delivery.webhook_id, with_for_update=True)
    hook.failed_at = hook.failed_at or now
    raise_alarm(session, key=f"{WEBHOOK_FAILED}:{hook.id}", kind=WEBHOOK_FAILED, body_id=hook.body_id, now=now)


def forget_deliveries(session: Session, *, now: datetime) -> None:
    """What is settled, after its time."""
    settled = WebhookDelivery.state.in_(("sent", "dropped", "discarded"))
    session.execute(delete(WebhookDelivery).where(settled, WebhookDelivery.created_at < now - KEPT))


def _active(session: Session, bodies: set[int | None]) -> dict[int, int]:
    """Webhook by body: switched on, at a host that two administrators allow."""
    found = session.execute(
        select(Webhook.body_id, Webhook.id)
        .join(WebhookHost, WebhookHost.host == Webhook.host)
        .where(Webhook.body_id.in_(bodies), Webhook.active, WebhookHost.second_by.is_not(None))
    )
    return {row.body_id: row.id for row in found}


def _put(session: Session, webhook_id: int, *, hazard_id: int, event_id: int, now: datetime) -> None:
    values = {"webhook_id": webhook_id, "hazard_id": hazard_id, "event_id": event_id, "created_at": now}
    statement = insert(WebhookDelivery).values(**values, key=f"{webhook_id}-{event_id}")
    free = statement.on_conflict_do_nothing(index_elements=[WebhookDelivery.key])
    made = session.scalar(free.returning(WebhookDelivery.id))
    if made is not None:
        enqueue(session, JobName.DELIVER_WEBHOOK, delivery_id=made)


def _locked(session: Session, delivery_id: int) -> WebhookDelivery | None:
    return session.scalar(select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update())
