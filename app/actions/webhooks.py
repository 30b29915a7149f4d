"""A body's webhook, kept by its manager; the hosts it may be at, allowed by two administrators.

Decision: who answers for a body may name an address, and nobody alone may make this server call it: a host counts when
two different administrators have allowed it (security notes T13). The secret is shown once after it was made or
changed, and derived, so that there is nothing to leak (`domain/webhooks.py`).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.audit_note import note_audit
from app.domain.errors import BadWebhook, SameAdministrator, UnknownWebhook
from app.domain.permissions import Actor, Permission, ensure
from app.domain.webhooks import webhook_host
from app.models import Webhook, WebhookHost


def set_webhook(
    session: Session, *, by: Actor, body_id: int, url: str, active: bool, test_hosts: frozenset[str], now: datetime
) -> Webhook:
    """The body's webhook with this address; a new one has a first secret. Raises BadWebhook, NotPermitted."""
    ensure(by, Permission.MANAGE, body_id=body_id)
    host = webhook_host(url.strip(), test_hosts)
    if host is None:
        raise BadWebhook()
    session.execute(insert(WebhookHost).values(host=host, asked_at=now).on_conflict_do_nothing())
    hook = _locked(session, body_id) or Webhook(body_id=body_id, created_at=now, secret_version=1)
    before = {"url": hook.url, "offered": hook.active} if hook.id else None
    hook.url, hook.host, hook.active = url.strip(), host, active
    session.add(hook)
    session.flush()
    after = {"url": hook.url, "offered": hook.active, "body_id": body_id}
    note_audit(session, by=by, noun="webhook", key=str(body_id), before=before, after=after, now=now)
    return hook


def rotate_secret(session: Session, *, by: Actor, body_id: int, now: datetime) -> Webhook:
    """A new secret; the one before is good for a day. Raises UnknownWebhook, NotPermitted."""
    ensure(by, Permission.MANAGE, body_id=body_id)
    hook = _locked(session, body_id)
    if hook is None:
        raise UnknownWebhook()
    hook.secret_version, hook.rotated_at = hook.secret_version + 1, now
    was, number = {"secret": hook.secret_version - 1}, {"secret": hook.secret_version, "body_id": body_id}
    note_audit(session, by=by, noun="webhook", key=str(body_id), before=was, after=number, now=now)
    return hook


def allow_host(session: Session, *, by: Actor, host: str, now: datetime) -> WebhookHost:
    """The first or the second word of an administrator. Raises SameAdministrator, UnknownWebhook, NotPermitted."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    kept = _host(session, host)
    if kept.first_by is None:
        kept.first_by, kept.first_at = by.account_id, now
    elif kept.first_by == by.account_id:
        raise SameAdministrator()
    elif kept.second_by is None:
        kept.second_by, kept.second_at = by.account_id, now
    session.flush()
    _note(session, by, host, 2 if kept.second_by else 1, now)
    return kept


def forbid_host(session: Session, *, by: Actor, host: str, now: datetime) -> WebhookHost:
    """One administrator is enough to stop it. Raises UnknownWebhook, NotPermitted."""
    ensure(by, Permission.ADMINISTER, anywhere=True)
    kept = _host(session, host)
    kept.first_by = kept.first_at = kept.second_by = kept.second_at = None
    session.flush()
    _note(session, by, host, 0, now)
    return kept


def _host(session: Session, host: str) -> WebhookHost:
    kept = session.get(WebhookHost, host, with_for_update=True)
    if kept is None:
        raise UnknownWebhook()
    return kept


def _locked(session: Session, body_id: int) -> Webhook | None:
    return session.scalar(select(Webhook).where(Webhook.body_id == body_id).with_for_update())


def _note(session: Session, by: Actor, host: str, words: int, now: datetime) -> None:
    note_audit(session, by=by, noun="webhook_host", key=host, before={}, after={"allowed": words}, now=now)
