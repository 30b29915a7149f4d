"""Notices to a browser: a service of the list is called once, and one that withdrew never again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from py_vapid import Vapid02
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Databases
from app.gateways.push import PushDelayed, PushGone, PushRefused, WebPush, public_key
from app.models import Follow, Hazard
from tests.jobs.notices_kit import follow, happens, hazard, tell, worker

__all__ = ["hazard"]


class _Vendor(BaseHTTPRequestHandler):
    """Answers as its server says and counts."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.paths.append(self.path)  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/redirected")  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@contextmanager
def vendor(status: int) -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), _Vendor)
    server.status, server.paths = status, []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def subscription(server: HTTPServer) -> dict[str, Any]:
    browser = Vapid02()
    browser.generate_keys()
    keys = {"p256dh": public_key(browser), "auth": "c2l4dGVlbiBieXRlcyEhIQ"}
    return {"endpoint": f"http://127.0.0.1:{server.server_port}/push/1", "keys": keys}


def sender(*hosts: str) -> WebPush:
    key = Vapid02()
    key.generate_keys()
    return WebPush(key, "q@qauip.example", hosts)


@pytest.mark.parametrize(
    ("status", "trouble"),
    [(201, None), (404, PushGone), (410, PushGone), (429, PushDelayed), (500, PushDelayed), (302, PushRefused)],
)
def test_a_push_service_is_called_once_and_never_follows(status: int, trouble: type[Exception] | None) -> None:
    with vendor(status) as server:
        push = sender(f"http://127.0.0.1:{server.server_port}")
        message = {"title": "t", "text": "x", "url": "https://qauip.example/"}
        if trouble is None:
            push.send(subscription(server), message)
        else:
            with pytest.raises(trouble):
                push.send(subscription(server), message)
        assert server.paths == ["/push/1"]  # type: ignore[attr-defined]


def test_a_service_that_is_not_on_the_list_is_never_called() -> None:
    with vendor(201) as server:
        with pytest.raises(PushRefused):
            sender("fcm.googleapis.com").send(subscription(server), {"title": "t"})
        assert server.paths == []  # type: ignore[attr-defined]


def test_a_browser_that_withdrew_ends_the_following(session: Session, database: Databases, hazard: Hazard) -> None:
    with vendor(410) as server:
        follow(session, hazard, contact={"subscription": subscription(server)}, channel="push")
        push = sender(f"http://127.0.0.1:{server.server_port}")
        tell(session, worker(database, push=push), hazard, happens(session, hazard))
    session.expire_all()
    assert not session.scalars(select(Follow)).all()
