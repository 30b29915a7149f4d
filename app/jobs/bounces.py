"""Mail that came back: read a delivery status notification (RFC 3464) and find the message it is about.

Decision: the standard library's parser. The mail server pipes what arrives at the return address to `qauip mail
bounce`; the Message-ID of the returned message names the outbox row, under our seal. Turned down: guessing from the
address alone, by which anybody could declare a body's address dead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser
from enum import Enum

from sqlalchemy.orm import Session

from app.actions.follow import follow_bounced
from app.actions.messages import message_bounced
from app.actions.staff_notices import staff_notice_bounced
from app.jobs.mail_keys import follower_notice_of, opened, staff_notice_of

MAX_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Notification:
    """`failed`: the server has given up; else it says "delayed" or "delivered". `said`: its words, one line.

    `by_policy`: it will not take mail of ours (5.7.…), which says nothing of the address.
    """

    failed: bool
    said: str
    message_ids: tuple[str, ...]
    by_policy: bool = False


class Outcome(Enum):
    NOT_A_BOUNCE = "this is not a delivery status notification"
    NOT_OURS = "the returned message is none of ours"
    UNKNOWN = "no message with this key was sent from this database"
    NOT_FAILED = "the message is delayed or delivered, not returned: nothing to do"
    SETTLED = "the message is marked as returned: an administrator is told, or a follower's address forgotten"


def read_notification(raw: bytes) -> Notification | None:
    """None where `raw` is no delivery status notification. Never raises, whatever a stranger sends."""
    message = message_from_bytes(raw[:MAX_BYTES])
    parts = list(message.walk())
    fields = [block for part in parts for block in _status_blocks(part)]
    actions = [_plain(block.get("Action", "")).lower() for block in fields]
    if not any(actions):
        return None
    said = next((_plain(block["Diagnostic-Code"]) for block in fields if block["Diagnostic-Code"]), "")
    policy = any(_plain(block.get("Status", "")).startswith("5.7.") for block in fields)
    return Notification("failed" in actions, said, tuple(_message_ids(parts)), policy)


def settle_bounce(session: Session, raw: bytes, *, secret: bytes, now: datetime) -> Outcome:
    """Mark the message as bounced and raise the alarm, where `raw` says so of one of ours."""
    found = read_notification(raw)
    if found is None:
        return Outcome.NOT_A_BOUNCE
    keys = [key for word in found.message_ids if (key := opened(word.partition("@")[0], secret)) is not None]
    if not keys:
        return Outcome.NOT_OURS
    if not found.failed:
        return Outcome.NOT_FAILED
    known = _settled(session, keys[0], found, now)
    return Outcome.SETTLED if known else Outcome.UNKNOWN


def _settled(session: Session, key: str, found: Notification, now: datetime) -> bool:
    """By the kind of its key: a notice to somebody of the staff, a letter to a body, or one to a follower. Whether
    there is such a one.
    """
    notice_id = staff_notice_of(key)
    if notice_id is not None:
        return staff_notice_bounced(session, notice_id=notice_id, error=found.said, now=now)
    follower_key = follower_notice_of(key)
    if follower_key is not None:
        return follow_bounced(session, key=follower_key, gone=not found.by_policy)
    return message_bounced(session, key=key, error=found.said, now=now)


def _status_blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a message/delivery-status part: one of the server, one for each recipient."""
    if part.get_content_type() == "message/delivery-status" and part.is_multipart():
        yield from (block for block in part.get_payload() if isinstance(block, Message))


def _message_ids(parts: list[Message]) -> Iterator[str]:
    """Of the returned message, whole or its headers only, never of the notification itself."""
    for part in parts:
        kind, payload = part.get_content_type(), part.get_payload()
        returned: list[Message] = []
        if kind == "message/rfc822" and isinstance(payload, list):
            returned = [each for each in payload if isinstance(each, Message)]
        elif kind == "text/rfc822-headers" and isinstance(payload, str):
            returned = [HeaderParser().parsestr(payload)]
        for each in returned:
            yield _plain(each.get("Message-ID", "")).strip("<> ")


def _plain(value: object) -> str:
    """A header as one line of printable characters: parsers hand out other objects for bytes that are not ASCII."""
    line = " ".join(str(value).split())
    return "".join(character for character in line if character.isprintable())
