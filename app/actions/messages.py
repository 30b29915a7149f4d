"""The outbox of mail: one row for each key, and what became of it.

A message is sent at least once: the row says "queued" before the provider is asked and "sent" after; a worker killed
in between sends again, under the same Message-ID, by which the receiving side knows it. Exactly once cannot be had from
SMTP. No transaction is open while we talk to the provider. What cannot go out stays here, and is sent again when the
alarm about it is settled (`mail_again.py`).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.alarms import raise_alarm
from app.actions.mail_again import MAIL_FAILED, MAIL_STUCK, NO_ADDRESS
from app.models import Body, Message

ERROR_MAX = 500


def begin_sending(
    session: Session, *, key: str, hazard_id: int, body_id: int, kind: str, recipient: str | None, now: datetime
) -> int | None:
    """Count one more try of the message `key`; the number of tries, or None when it is not to be sent now.

    It is settled already, or the body has no address: then the message waits, and an administrator is told.
    """
    values = {"key": key, "hazard_id": hazard_id, "body_id": body_id, "kind": kind}
    session.execute(
        insert(Message)
        .values(**values, recipient=recipient or "", created_at=now)
        .on_conflict_do_nothing(index_elements=[Message.key])
    )
    message = _locked(session, key)
    if message is None or message.state != "queued":
        return None
    if recipient is None:
        _no_address(session, message, now)
        return None
    message.recipient = recipient
    message.attempts += 1
    session.flush()
    return message.attempts


def message_sent(session: Session, *, key: str, now: datetime) -> None:
    """The provider has taken it."""
    message = _locked(session, key)
    if message is not None and message.state == "queued":
        message.state, message.sent_at, message.error = "sent", now, ""


def message_delayed(session: Session, *, key: str, error: str) -> None:
    """The provider could not take it now; it stays queued."""
    message = _locked(session, key)
    if message is not None:
        message.error = error[:ERROR_MAX]


def message_refused(session: Session, *, key: str, error: str, now: datetime) -> None:
    """The provider will never take it: settle the message and tell an administrator about the address."""
    message = _locked(session, key)
    if message is not None and message.state == "queued":
        message.state, message.error = "refused", error[:ERROR_MAX]
        _address_failed(session, message, now)


def message_stuck(session: Session, *, key: str, error: str, now: datetime) -> None:
    """Nobody has taken it for hours: our side is to blame, not the address. It waits, and an administrator is told."""
    message = _locked(session, key)
    if message is not None and message.state == "queued":
        message.error = error[:ERROR_MAX]
        raise_alarm(session, key=MAIL_STUCK, kind=MAIL_STUCK, hazard_id=message.hazard_id, now=now)


def message_bounced(session: Session, *, key: str, error: str, now: datetime) -> bool:
    """A later server gave it back; whether there is such a message. A bounce that comes twice changes nothing."""
    message = _locked(session, key)
    if message is None:
        return False
    if message.state in {"queued", "sent"}:
        message.sent_at = message.sent_at or now  # the bounce proves it, whatever our worker had time to write
        message.state, message.error = "bounced", error[:ERROR_MAX]
        _address_failed(session, message, now)
    return True


def _locked(session: Session, key: str) -> Message | None:
    return session.scalar(select(Message).where(Message.key == key).with_for_update())


def _no_address(session: Session, message: Message, now: datetime) -> None:
    """A body without an address cannot be told: an administrator must."""
    message.recipient = ""
    key = f"{NO_ADDRESS}:{message.body_id}"
    raise_alarm(session, key=key, kind=NO_ADDRESS, body_id=message.body_id, hazard_id=message.hazard_id, now=now)


def _address_failed(session: Session, message: Message, now: datetime) -> None:
    """Mark the body only while it still has the address that failed."""
    body = session.get_one(Body, message.body_id, with_for_update=True)
    if body.email == message.recipient:
        body.mail_failed_at = body.mail_failed_at or now
    key = f"{MAIL_FAILED}:{message.body_id}"
    raise_alarm(session, key=key, kind=MAIL_FAILED, body_id=body.id, hazard_id=message.hazard_id, now=now)
