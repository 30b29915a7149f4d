"""A body's webhook: which address it may give, which events it is told, and by what secret they are signed.

An address is https, a plain name, and nothing that two parsers read differently. What stands here needs no network;
where a name leads is asked at each delivery (`gateways/webhook.py`).
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.domain.lifecycle import Act

LONGEST = 500
PORTS = frozenset({443, 8443})
_NAME = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
"""A dot and a last label that begins with a letter: no form of an IP address passes, whatever base it is written in."""
_PLAIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(/[!-\[\]-~]*)?")
_LOCAL = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "test", "example", "invalid", "arpa")


def webhook_host(url: str, test_hosts: frozenset[str] = frozenset()) -> str | None:
    """The host of a usable address, as it stands on the list; None for all others.

    `test_hosts`: like `http://127.0.0.1:8000`, for tests and for trying out; no real installation sets any.
    """
    if len(url) > LONGEST or not _PLAIN.fullmatch(url) or "#" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if f"{parts.scheme}://{parts.netloc}" in test_hosts:
        return parts.netloc
    host = parts.hostname or ""
    named = _NAME.fullmatch(host) and host.rpartition(".")[2] not in _LOCAL
    return host if named and parts.scheme == "https" and (port is None or port in PORTS) else None


OLD_SECRET_GOOD_FOR = timedelta(days=1)
"""After a change both secrets sign, so that the receiver can change at leisure."""
HOOKED = frozenset(Act) - {Act.NOTE, Act.ASK, Act.ASSIGN_WORK, Act.RETURN_WORK, Act.PROPOSE_REJECTION} | {
    "assigned",
    "triaged",
    "rerouted",
    "overdue",
    "made_safe_expired",
    "flagged",
    "still_dangerous",
    "confirmed_safe",
    "report_joined",
    "merged_in",
    "merge_undone",
}
"""Kinds of events that a body's own system is told. What staff write to each other is not among them."""
LEFT = "left"
"""The kind in the message to the body that answers no longer, whatever took the hazard from it."""
BY_THE_JOB = frozenset({"assigned"})
"""Told from the job that mails the body: a report is taken in as fast as without webhooks."""


def webhook_secret(key: bytes, webhook_id: int, version: int) -> str:
    """Derived from the installation's key: shown once, kept nowhere. `whsec_` and 64 hexadecimal digits."""
    return "whsec_" + hmac.new(key, f"webhook:{webhook_id}:{version}".encode(), hashlib.sha256).hexdigest()


def good_secrets(
    key: bytes, webhook_id: int, version: int, *, rotated_at: datetime | None, now: datetime
) -> tuple[bytes, ...]:
    """The newest first; the one before for a day after the change."""
    versions = [version]
    if rotated_at is not None and version > 1 and now - rotated_at < OLD_SECRET_GOOD_FOR:
        versions.append(version - 1)
    return tuple(webhook_secret(key, webhook_id, each).encode() for each in versions)
