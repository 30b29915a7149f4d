"""Webhooks: one signed message to a body's own system, and to nobody else by its name (security notes T13).

Decision: the standard library's connection, opened to an address that we have looked up once and looked at: all
addresses of the name must be public ones, the connection goes to the first of them, and the certificate must be of the
name. So nothing is asked twice (DNS rebinding), no redirect is followed, no proxy of the environment is used, and of
the answer only its status is read. Turned down: requests, which looks the name up again after we did.

Headers of each message:

    Qauip-Timestamp: seconds since 1970
    Qauip-Signature: v1=<hex>, one for each secret that is good now, separated by commas
    Qauip-Key: the same for the same event, whoever sends it again

The signature is HMAC-SHA256 by the secret over `<timestamp>.<body>`. 2xx: taken. 408, 409, 425, 429, 5xx: later. All
others, a redirect too: never.
"""

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from app.domain.webhooks import webhook_host

TIMEOUT_S = 5
LATER = frozenset({408, 409, 425, 429})
_EMBEDDING = [ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]
"""Version 6 addresses that hold one of version 4 and lead there."""
Resolve = Callable[[str, int], Sequence[str]]


class WebhookRefused(Exception):
    """For good: the receiver never takes it, or its address is none that we call. Says why, without the address."""


class WebhookDelayed(Exception):
    """For now: try again later."""


@dataclass(frozen=True)
class OutgoingHook:
    """`secrets`: the newest first; after a change the one before is good for a day."""

    key: str
    url: str
    body: bytes
    secrets: tuple[bytes, ...]
    at: int


class WebhookSender(Protocol):
    """Raises WebhookRefused or WebhookDelayed."""

    def send(self, hook: OutgoingHook) -> None: ...


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, asked once. Raises OSError."""
    return [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class HttpWebhooks:
    """`test_hosts`: like `http://127.0.0.1:8000`, called whatever they are; for tests."""

    def __init__(
        self, test_hosts: Sequence[str] = (), *, timeout_s: float = TIMEOUT_S, resolve: Resolve = resolve
    ) -> None:
        self._test_hosts, self._timeout_s, self._resolve = frozenset(test_hosts), timeout_s, resolve

    def send(self, hook: OutgoingHook) -> None:
        """One POST, at most `timeout_s` in all."""
        if webhook_host(hook.url, self._test_hosts) is None:
            raise WebhookRefused("the address is none that may be called")
        parts = urlsplit(hook.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        status = self._post(parts, port, self._address(parts, port), hook)
        if status in LATER or status >= 500:
            raise WebhookDelayed(f"the receiver says {status}")
        if not 200 <= status < 300:
            raise WebhookRefused(f"the receiver says {status}")

    def _address(self, parts: SplitResult, port: int) -> str:
        host = parts.hostname or ""
        try:
            found = list(self._resolve(host, port))
        except (OSError, UnicodeError):
            raise WebhookDelayed("the name is not known") from None
        trying = f"{parts.scheme}://{parts.netloc}" in self._test_hosts
        if not found or not (trying or all(is_public(each) for each in found)):
            raise WebhookRefused("the name leads to an address inside")
        return found[0]

    def _post(self, parts: SplitResult, port: int, address: str, hook: OutgoingHook) -> int:
        connection = _Pinned(parts.hostname or "", port, address, secure=parts.scheme == "https")
        connection.timeout = self._timeout_s
        watch = threading.Timer(self._timeout_s, connection.give_up)
        watch.start()
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, hook.body, headers_of(hook))
            return connection.getresponse().status
        except ssl.SSLCertVerificationError:
            raise WebhookRefused("the certificate is not of this name") from None
        except (OSError, http.client.HTTPException, ValueError) as trouble:
            raise WebhookDelayed(type(trouble).__name__) from None
        finally:
            watch.cancel()
            connection.close()


def headers_of(hook: OutgoingHook) -> dict[str, str]:
    """What proves that we have sent it, and when."""
    signatures = [f"v1={signature(secret, hook.at, hook.body)}" for secret in hook.secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Qauip",
        "Qauip-Timestamp": str(hook.at),
        "Qauip-Signature": ",".join(signatures),
        "Qauip-Key": hook.key,
    }


def signature(secret: bytes, at: int, body: bytes) -> str:
    """HMAC-SHA256 over `<timestamp>.<body>`, in hex."""
    return hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def is_public(address: str) -> bool:
    """Whether it is an address of the open internet, and holds none that is not."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in each for each in _EMBEDDING):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class _Pinned(http.client.HTTPConnection):
    """Speaks to `address` in the name of `host`."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool) -> None:
        super().__init__(host, port)
        self._address, self._secure = address, secure
        self._gave_up = False

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = raw
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(raw, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()
        if self._gave_up:
            raise TimeoutError

    def give_up(self) -> None:
        """From the watch: whoever answers a byte at a time does not hold us."""
        self._gave_up = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:  # closed already
                return
