"""Web Push: one message to one browser, through its vendor's service and nobody else's (decisions §32).

Decision: pywebpush for the encryption, with a session of ours around it: no redirect is followed, no proxy of the
environment is used, and a host that is not on the list is refused before anything is looked up. Turned down: trusting
the endpoint of a subscription, which is an address that a stranger makes us call.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush

TIMEOUT_S = 10
KEPT_S = 24 * 3600
"""How long the service keeps a message for a telephone that is switched off."""
LONGEST_ENDPOINT = 1000
_PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-\[\]-~]*)?")
"""What all parsers read alike: the host of `https://a\\.b/` is `a\\.b` to one, `a` to the one that then calls it."""


class PushGone(Exception):
    """The browser has withdrawn the subscription: it ends."""


class PushRefused(Exception):
    """For good: the service never takes this message, or its address is not on the list."""


class PushDelayed(Exception):
    """For now: try again later."""


class PushSender(Protocol):
    """Raises PushGone, PushRefused or PushDelayed."""

    def send(self, subscription: Mapping[str, Any], message: Mapping[str, str]) -> None: ...


class _NoRedirects(requests.Session):
    """Calls what it was told to call and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, *args: Any, **given: Any) -> requests.Response:
        return super().request(*args, **(given | {"allow_redirects": False}))


class WebPush:
    """Sends with our VAPID key; `sender` is whom a vendor may write to."""

    def __init__(self, key: Vapid02, sender: str, hosts: Sequence[str], *, timeout_s: float = TIMEOUT_S) -> None:
        self._key, self._sender, self._hosts, self._timeout_s = key, sender, hosts, timeout_s

    def send(self, subscription: Mapping[str, Any], message: Mapping[str, str]) -> None:
        """`message`: title, text and url. The errors never hold the endpoint, which is a secret."""
        endpoint = str(subscription["endpoint"])
        if not is_allowed(endpoint, self._hosts):
            raise PushRefused("the push service is not on the list")
        try:
            with _NoRedirects() as session:
                answer = webpush(
                    dict(subscription),
                    json.dumps(dict(message), ensure_ascii=False),
                    vapid_private_key=self._key,
                    vapid_claims={"sub": f"mailto:{self._sender}"},
                    timeout=self._timeout_s,
                    ttl=KEPT_S,
                    requests_session=session,
                )
        except WebPushException as refusal:
            raise _told(refusal.response.status_code if refusal.response is not None else 400) from None
        except requests.RequestException as trouble:
            raise PushDelayed(type(trouble).__name__) from None
        except (ValueError, TypeError, LookupError) as wrong:
            raise PushRefused(f"the subscription cannot be used: {type(wrong).__name__}") from None
        if not isinstance(answer, str) and answer.status_code >= 300:
            raise _told(answer.status_code)


def is_allowed(endpoint: str, hosts: Sequence[str]) -> bool:
    """Whether it is https at a service of the list; a `http://127.0.0.1:PORT` of the list is for tests."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if len(endpoint) > LONGEST_ENDPOINT or not _PLAIN.fullmatch(endpoint):
        return False
    if parts.scheme == "http":
        return f"http://127.0.0.1:{port}" in hosts and host == "127.0.0.1"
    return parts.scheme == "https" and port in {None, 443} and any(fnmatchcase(host, each) for each in hosts)


def push_key(key_file: Path) -> Vapid02:
    """The key of this installation; made by whoever asks first, and then the same for all its processes."""
    if not key_file.exists():
        kind: Any = Vapid02
        key = kind()
        key.generate_keys()
        _write_once(key_file, key.private_pem())
    reader: Any = Vapid02
    return cast(Vapid02, reader.from_pem(key_file.read_bytes()))


def public_key(key: Vapid02) -> str:
    """As browsers want it (`applicationServerKey`)."""
    raw = key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _write_once(path: Path, data: bytes) -> None:
    """Whole or not at all; the first one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:  # noqa: PTH123
        opened.write(data)
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()


def _told(status: int) -> Exception:
    if status in {404, 410}:
        return PushGone()
    if status == 429 or status >= 500:
        return PushDelayed(f"the service says {status}")
    return PushRefused(f"the service says {status}")
