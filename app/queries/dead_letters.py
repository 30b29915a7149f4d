"""What nobody took, the newest first, of each source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, null, or_, select, text
from sqlalchemy.orm import Session

from app.domain.dead_letters import MOST_TRIES, Source
from app.models import Account, Body, Follow, Hazard, Message, Notice, StaffNotice, Webhook, WebhookDelivery

MANY = 50
_JOBS = text("""
SELECT j.id, j.task_name AS kind, j.args, (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id) AS at
  FROM procrastinate_jobs j WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT :most
""")
_JOB_COUNT = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")


@dataclass(frozen=True)
class DeadLetter:
    """`to`: a body, a person or nothing (followers have no name here); `error`: as it was written down."""

    source: Source
    id: int
    kind: str
    channel: str
    to: str
    reference: str | None
    state: str
    error: str
    at: datetime | None


@dataclass(frozen=True)
class Dead:
    rows: Sequence[DeadLetter]
    total: int


def dead_letters(session: Session, language: str) -> dict[Source, Dead]:
    """All sources, also the empty ones."""
    found = {
        source: Dead(_rows(session, source, asked.order_by(text("id DESC")), language), _count(session, asked))
        for source, asked in _ASKED.items()
    }
    return {**found, Source.JOB: _failed_jobs(session)}


def _count(session: Session, asked: Any) -> int:
    return session.scalar(select(func.count()).select_from(asked.subquery())) or 0


def _rows(session: Session, source: Source, asked: Any, language: str) -> list[DeadLetter]:
    return [
        DeadLetter(
            source, row.id, row.kind, row.channel,
            getattr(row, f"name_{language}", None) or row.who or "", row.reference, row.state, row.error, row.at,
        )
        for row in session.execute(asked.limit(MANY))
    ]  # fmt: skip


def _failed_jobs(session: Session) -> Dead:
    rows = [
        DeadLetter(Source.JOB, row.id, row.kind, "", "", None, "failed", str(row.args), row.at)
        for row in session.execute(_JOBS, {"most": MANY})
    ]
    return Dead(rows, session.scalar(_JOB_COUNT) or 0)


_EMAIL: Any = literal_column("'email'").label("channel")
_HOOK: Any = literal_column("'webhook'").label("channel")
_BODY = (Body.name_kk, Body.name_ru, Body.name_en)
_ASKED: dict[Source, Any] = {
    Source.MESSAGE: select(
        Message.id, Message.kind, _EMAIL, Message.recipient.label("who"), *_BODY, Hazard.reference, Message.state,
        Message.error, Message.created_at.label("at"),
    )
    .join(Body, Body.id == Message.body_id)
    .join(Hazard, Hazard.id == Message.hazard_id)
    .where(
        or_(
            Message.state.in_(("refused", "bounced")),
            (Message.state == "queued") & (Message.attempts >= MOST_TRIES),
        )
    ),
    Source.STAFF: select(
        StaffNotice.id, StaffNotice.kind, StaffNotice.channel, Account.name.label("who"), Hazard.reference,
        StaffNotice.state, StaffNotice.error, StaffNotice.created_at.label("at"),
    )
    .join(Account, Account.id == StaffNotice.account_id)
    .outerjoin(Hazard, Hazard.id == StaffNotice.hazard_id)
    .where(StaffNotice.state.in_(("refused", "bounced"))),
    Source.NOTICE: select(
        Notice.id, Notice.kind, Follow.channel, null().label("who"), Hazard.reference, Notice.state, Notice.error,
        Notice.created_at.label("at"),
    )
    .join(Follow, Follow.id == Notice.follow_id)
    .join(Hazard, Hazard.id == Follow.hazard_id)
    .where(Notice.state == "refused", Notice.error != "nothing to be said any longer"),
    Source.WEBHOOK: select(
        WebhookDelivery.id, literal_column("'webhook'").label("kind"), _HOOK, Webhook.host.label("who"), *_BODY,
        Hazard.reference, WebhookDelivery.state, WebhookDelivery.error, WebhookDelivery.created_at.label("at"),
    )
    .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
    .join(Body, Body.id == Webhook.body_id)
    .join(Hazard, Hazard.id == WebhookDelivery.hazard_id)
    .where(WebhookDelivery.state == "refused"),
}  # fmt: skip
