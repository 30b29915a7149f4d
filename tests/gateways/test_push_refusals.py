"""What a stranger gives as a subscription is refused for good, never tried again and never a broken job."""

from pathlib import Path

import pytest

from app.gateways.push import PushRefused, WebPush, is_allowed, push_key

AUTH = "A" * 22
HOSTS = ("fcm.googleapis.com", "*.notify.windows.com")


@pytest.mark.parametrize(("p256dh", "auth"), [("%%%", "é"), ("\x00", AUTH), ("p", "a"), ("B" * 87, AUTH)])
def test_keys_that_are_none_are_refused_for_good(tmp_path: Path, p256dh: str, auth: str) -> None:
    push = WebPush(push_key(tmp_path / "key"), "a@example.kz", HOSTS)
    subscription = {"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": p256dh, "auth": auth}}
    with pytest.raises(PushRefused):
        push.send(subscription, {"title": "a", "text": "b", "url": "c"})


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("https://wns2-par02p.notify.windows.com/w/?token=BQYAAAB%2fX%2b~_-", True),
        ("https://fcm.googleapis.com/fcm/send/abc:DEF_1-2", True),
        ("https://127.0.0.1\\.notify.windows.com/x", False),
        ("https://evil.example\\x.notify.windows.com/x", False),
        ("https://evil.example;.notify.windows.com/x", False),
    ],
)
def test_an_address_is_read_as_whoever_calls_it_reads_it(endpoint: str, allowed: bool) -> None:
    assert is_allowed(endpoint, HOSTS) is allowed
