"""A webhook calls its host and nothing inside, says who it is, and is held up by nobody."""

import hashlib
import hmac
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.webhooks import good_secrets, webhook_host, webhook_secret
from app.gateways.webhook import (
    HttpWebhooks,
    OutgoingHook,
    WebhookDelayed,
    WebhookRefused,
    is_public,
    signature,
)
from tests.gateways.hook_server import Door, open_door

SECRET = b"whsec_one"
INSIDE = (
    "0.0.0.0",  # noqa: S104 - never bound, only refused
    "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1",
    "172.31.9.9", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
    "ff02::1",
    "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::1",
    "2001:0:1::1", "::127.0.0.1", "nonsense", "",
)  # fmt: skip
BAD = (
    "http://hooks.city.kz/", "https://127.0.0.1/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/",
    "https://0177.1/", "https://0x7f000001/", "https://2130706433/", "https://127.1/", "https://0/", "https://localhost/",
    "https://localhost.localdomain.local/", "https://a.internal/", "https://user@hooks.city.kz/", "https://a:b@c.kz/",
    "https://hooks.city.kz:22/", "https://hooks.city.kz:0/", "https://hooks.city.kz:99999/", "ftp://hooks.city.kz/",
    "gopher://hooks.city.kz/", "file:///etc/passwd", "javascript:alert(1)", "//hooks.city.kz/", "hooks.city.kz",
    "https://hooks.city.kz\\@127.0.0.1/", "https://127.0.0.1\\.city.kz/", "https://hooks.city.kz/\r\nX: 1",
    "https://hooks.city.kz/ x", "https://hooks.city.kz/\t", "https://hooks.city.kz#@127.0.0.1/", "https://хук.қала/",
    "https://HOOKS.city.kz/", "https://hooks..kz/", "https://.kz/", "https://hooks.city.kz./", "https://kz/",
    "https://-a.kz/", "https://a-.kz/", "https://1.2.3.4.5/", "https://127.0.0.1.1/", "https://①②⑦.0.0.1/",
    "https:hooks.city.kz/", "https:/hooks.city.kz/", "https:///hooks.city.kz/", "", "https://", "https://%31%32%37.0.0.1/",
    "https://hooks.city.kz%00.evil.kz/", "https://hooks.city.kz?@127.0.0.1/", "https://" + "a" * 600 + ".kz/",
)  # fmt: skip


@pytest.fixture
def door() -> Iterator[Door]:
    with open_door() as opened:
        yield opened


def hook(url: str, **more: object) -> OutgoingHook:
    return OutgoingHook(
        **({"key": "webhook-1-2", "url": url, "body": b'{"a":1}', "secrets": (SECRET,), "at": 7} | more)
    )


def sender(door: Door, **more: object) -> HttpWebhooks:
    return HttpWebhooks([door.root], **more)


def test_what_arrives_proves_who_sent_it(door: Door) -> None:
    sender(door).send(hook(f"{door.root}/in?x=1", secrets=(SECRET, b"whsec_old")))
    path, headers, body = door.seen[0]
    right = hmac.new(SECRET, b'7.{"a":1}', hashlib.sha256).hexdigest()
    assert (path, body) == ("/in?x=1", b'{"a":1}')
    assert headers["qauip-signature"].split(",") == [f"v1={right}", f"v1={signature(b'whsec_old', 7, body)}"]
    assert (headers["qauip-timestamp"], headers["qauip-key"]) == ("7", "webhook-1-2")
    assert headers["host"] == f"127.0.0.1:{door.port}"


@pytest.mark.parametrize(("status", "trouble"), [
    (302, WebhookRefused), (400, WebhookRefused), (410, WebhookRefused), (429, WebhookDelayed), (503, WebhookDelayed),
])  # fmt: skip
def test_an_answer_is_a_refusal_or_a_delay(door: Door, status: int, trouble: type[Exception]) -> None:
    door.answers.append(status)
    with pytest.raises(trouble):
        sender(door).send(hook(door.root + "/"))


def test_no_redirect_is_followed(door: Door) -> None:
    with open_door() as inside:
        door.answers.append(302)
        door.where = f"{inside.root}/secret"
        with pytest.raises(WebhookRefused):
            sender(door).send(hook(door.root + "/"))
    assert inside.seen == []


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_may_not_be_called_is_never_looked_up(url: str) -> None:
    asked: list[str] = []
    with pytest.raises(WebhookRefused):
        HttpWebhooks(resolve=lambda host, _port: asked.append(host) or ["93.184.216.34"]).send(hook(url))
    assert asked == []


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_not_called(address: str) -> None:
    assert not is_public(address)
    for answer in ([address], ["93.184.216.34", address]):
        with pytest.raises(WebhookRefused):
            HttpWebhooks(resolve=lambda _host, _port, found=answer: found).send(hook("https://hooks.city.kz/"))


def test_the_name_is_asked_once_and_the_address_that_was_looked_at_is_called(door: Door, monkeypatch) -> None:
    """A name that answers otherwise the second time (DNS rebinding) is asked no second time."""
    called: list[tuple[str, int]] = []
    asked: list[str] = []

    def refuse(address: tuple[str, int], *_given: object) -> None:
        called.append(address)
        raise OSError

    monkeypatch.setattr("socket.create_connection", refuse)
    resolve = lambda host, _port: asked.append(host) or (["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"])  # noqa: E731
    with pytest.raises(WebhookDelayed):
        HttpWebhooks(resolve=resolve).send(hook("https://hooks.city.kz/"))
    assert (asked, called) == (["hooks.city.kz"], [("93.184.216.34", 443)])


def test_who_answers_a_byte_at_a_time_holds_nobody(door: Door) -> None:
    door.slow_s = 0.1
    begun = time.monotonic()
    with pytest.raises(WebhookDelayed):
        sender(door, timeout_s=0.5).send(hook(door.root + "/"))
    assert time.monotonic() - begun < 3


def test_a_plain_address_is_good() -> None:
    assert webhook_host("https://hooks.city.kz/in?key=1") == "hooks.city.kz"
    assert webhook_host("https://hooks.city.kz:8443/in") == "hooks.city.kz"
    assert is_public("93.184.216.34")
    assert is_public("2a00:1450:4001::1")


@given(st.text(max_size=60))
def test_whatever_is_typed_only_plain_names_pass(typed: str) -> None:
    host = webhook_host(f"https://{typed}")
    assert host is None or (host == host.lower() and host.rpartition(".")[2][0].isalpha())


def test_after_a_change_both_secrets_sign_for_a_day() -> None:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    then = datetime(2026, 11, 24, tzinfo=UTC)
    new, old = (webhook_secret(b"key", 5, each).encode() for each in (2, 1))
    assert good_secrets(b"key", 5, 2, rotated_at=then, now=then + timedelta(hours=23)) == (new, old)
    assert good_secrets(b"key", 5, 2, rotated_at=then, now=then + timedelta(hours=25)) == (new,)
