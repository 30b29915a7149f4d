"""Browser and system in words, for the list of one's own sessions: "Chrome, Android".

Decision: a closed list of words, found in the User-Agent, which itself is not kept: with its versions and models it
would tell one person's device from all others. Turned down: a library with a table of ten thousand devices.
"""

from __future__ import annotations

import hmac

from flask import request

from app.actions.brake import Sender
from app.web.context import now, policy, settings
from app.web.network import sender_network
from app.web.push_subscription import staff_browser_key

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser/", "Yandex"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """ "Chrome, Android", one of the two, or "" where neither is known."""
    found = (next((word for mark, word in table if mark in user_agent), "") for table in (BROWSERS, SYSTEMS))
    return ", ".join(word for word in found if word)


def sender() -> Sender:
    """Of this request. The key is the day's own: yesterday's counts can be joined with nothing (decisions §19)."""
    words = device_words(request.headers.get("User-Agent", ""))
    return Sender(sender_network(), _day_key(), words, browser_here())


def browser_here() -> bytes | None:
    """By which the messages of this browser are found; None where its script named no address of them."""
    endpoint = request.form.get("endpoint", "")
    return staff_browser_key(endpoint) if endpoint else None


def _day_key() -> bytes:
    return hmac.digest(settings().secret_key.encode(), f"sign-in {policy().day(now())}".encode(), "sha256")
