"""A browser's push subscription as a script sends it: only what sending needs, of a service on the list."""

from __future__ import annotations

import hmac
from typing import Any

from app.domain.errors import BadSubscription
from app.domain.follow import address_key
from app.gateways.push import is_allowed
from app.web.context import settings

LONGEST = 100
LONGEST_ENDPOINT = 2000


def staff_browser_key(endpoint: str) -> bytes:
    """By which a browser of somebody of the staff is found again: a keyed hash, since its address is a secret."""
    secret = hmac.digest(settings().require_secret().encode(), b"staff push", "sha256")
    return address_key(endpoint[:LONGEST_ENDPOINT], secret)


def read_subscription(given: object) -> tuple[str, dict[str, Any]]:
    """(endpoint, what is sealed). Raises BadSubscription."""
    keys = given.get("keys") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(keys, dict):
        raise BadSubscription()
    endpoint, p256dh, auth = given.get("endpoint"), keys.get("p256dh"), keys.get("auth")
    if not all(isinstance(each, str) and each for each in (endpoint, p256dh, auth)):
        raise BadSubscription()
    if max(len(str(p256dh)), len(str(auth))) > LONGEST or not is_allowed(str(endpoint), settings().push_hosts):
        raise BadSubscription()
    return str(endpoint), {"subscription": {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}}
