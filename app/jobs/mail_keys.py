"""The key of a message as it goes out in its Message-ID: with a seal, so that nobody can invent a bounce.

The key alone can be guessed (it holds ids), and whoever mails our bounce address could then declare a body's address
dead. Turned down: random keys, which would not be the same when a job is run again.
"""

import hashlib
import hmac
import re

_SEALED = re.compile(r"(?P<key>[a-z0-9_-]{1,80})\.(?P<seal>[0-9a-f]{20})")


def message_key(hazard_id: int, event_id: int, kind: str) -> str:
    """The key of the outbox row: the same for the same occasion."""
    return f"{hazard_id}-{event_id}-{kind}"


def staff_key(notice_id: int) -> str:
    """Of a notice to staff."""
    return f"staff-{notice_id}"


def staff_notice_of(key: str) -> int | None:
    """The notice that such a key is of; None for the keys of other letters."""
    kind, _, number = key.partition("-")
    return int(number) if kind == "staff" and number.isdecimal() and len(number) < 19 else None


def follower_notice_of(key: str) -> str | None:
    """The outbox key of a letter to a follower, as `queries/follow.py` names it; None for the keys of other letters."""
    kind, _, rest = key.partition("-")
    return rest if kind == "notice" and rest else None


def sealed(key: str, secret: bytes) -> str:
    """`<key>.<seal>`, for the Message-ID."""
    return f"{key}.{_seal(key, secret)}"


def opened(word: str, secret: bytes) -> str | None:
    """The key, or None where the seal is not ours."""
    found = _SEALED.fullmatch(word)
    if found is None or not hmac.compare_digest(found["seal"], _seal(found["key"], secret)):
        return None
    return found["key"]


def _seal(key: str, secret: bytes) -> str:
    return hmac.new(secret, b"mail:" + key.encode(), hashlib.sha256).hexdigest()[:20]
