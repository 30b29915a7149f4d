"""SMS: one short message to one telephone, by a provider's HTTP door or to the log.

Decision: one plain contract of our own, for which every provider has or gets an adapter of ten lines:

    POST <SMS_URL>
    Authorization: Bearer <SMS_TOKEN>
    Idempotency-Key: <key>
    Content-Type: application/json

    {"id": "<key>", "to": "+77010000000", "text": "..."}

2xx: taken. 408, 409, 425, 429 and 5xx: later. All others: never. The same key twice is one message. Turned down: a
template of the request in the settings, which is a programming language without tests, and each provider's library.
"""

import logging
from dataclasses import dataclass
from typing import Protocol

import requests

TIMEOUT_S = 10
LATER = frozenset({408, 409, 425, 429})
_log = logging.getLogger(__name__)


class SmsRefused(Exception):
    """For good: this number, or this message, will never be taken. Never holds the number."""


class SmsDelayed(Exception):
    """For now: try again later."""


@dataclass(frozen=True)
class OutgoingSms:
    """`key` makes it one message, whoever sends it again. `to`: `+` and digits."""

    key: str
    to: str
    text: str


class SmsSender(Protocol):
    """Raises SmsRefused or SmsDelayed."""

    def send(self, sms: OutgoingSms) -> None: ...


class ConsoleSms:
    """Writes the message to the log, without the number: the default."""

    def send(self, sms: OutgoingSms) -> None:
        """Never raises."""
        _log.info("sms %s: %s", sms.key, sms.text)


class HttpSms:
    """Calls what an administrator has set and nothing else: no redirect, no proxy of the environment."""

    def __init__(self, url: str, token: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._url, self._token, self._timeout_s = url, token, timeout_s

    def send(self, sms: OutgoingSms) -> None:
        """Raises SmsRefused or SmsDelayed."""
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": sms.key}
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.post(
                    self._url,
                    json={"id": sms.key, "to": sms.to, "text": sms.text},
                    headers=headers,
                    timeout=self._timeout_s,
                    allow_redirects=False,
                    stream=True,
                )
            except requests.RequestException as trouble:
                raise SmsDelayed(type(trouble).__name__) from None
            answer.close()
        if answer.status_code in LATER or answer.status_code >= 500:
            raise SmsDelayed(f"the provider says {answer.status_code}")
        if not 200 <= answer.status_code < 300:
            raise SmsRefused(f"the provider says {answer.status_code}")


def sms_sender(url: str, token: str) -> SmsSender:
    """HTTP where an address is set, else the console."""
    return HttpSms(url, token) if url else ConsoleSms()
