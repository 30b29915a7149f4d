"""Followers are told once of each step that matters, and only by a worker that can open their addresses."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from nacl.public import PrivateKey
from py_vapid import Vapid02
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.alarms import settle_alarm
from app.actions.follow import confirm_follow, follow_hazard
from app.actions.history import append_event
from app.actions.purge import purge
from app.db import Databases, transaction
from app.domain.follow import address_key
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM, Role
from app.gateways.mail import MailDelayed, MailRefused, SmtpMailer
from app.gateways.push import PushDelayed, PushGone, PushRefused, WebPush, public_key
from app.gateways.vault import Keyring
from app.jobs import Jobs
from app.jobs.context import Vault
from app.jobs.notices import notify_followers, send_notice
from app.models import Alarm, Follow, Hazard, Notice
from tests.actions.administration_kit import account
from tests.gateways.mail_server import open_post
from tests.jobs import kit

CANARY = "canary@example.org"
RING = Keyring([PrivateKey.generate()])


@pytest.fixture
def hazard(session: Session) -> Hazard:
    kit.add_types(session)
    hazard = kit.add_hazard(session, body_id=kit.add_body(session))
    session.commit()
    return hazard


def worker(database: Databases, **more: Any) -> Jobs:
    now = more.pop("now", lambda: kit.NOW)
    mailer = more.pop("mailer", None)
    vault = Vault(RING, lambda: transaction(database.desk))
    return replace(kit.jobs(database, mailer=mailer, now=now), vault=vault, **more)


def follow(
    session: Session, hazard: Hazard, *, contact: Any = None, linked: bool = False, channel: str = "email"
) -> str:
    """The token of a confirmed follower."""
    given = contact or {"email": CANARY}
    follow_hazard(
        session,
        hazard_id=hazard.id,
        report_id=kit.add_report(session, hazard, "x").id if linked else None,
        channel=channel,
        language="ru",
        address_key=address_key(json.dumps(given), b"secret"),
        contact=RING.sealer.seal(json.dumps(given).encode()),
        now=kit.NOW,
    )
    token = session.scalars(select(Follow.token).order_by(Follow.id.desc()).limit(1)).one()
    confirm_follow(session, token=token, now=kit.NOW)
    session.commit()
    return token


def happens(session: Session, hazard: Hazard, kind: str = "fix", *, public: bool = True) -> int:
    event = append_event(
        session,
        hazard_id=hazard.id,
        kind=kind,
        at=kit.NOW,
        by=SYSTEM,
        status=Status(hazard.status),
        body_id=hazard.body_id,
        public=public,
    )
    session.commit()
    return event


def tell(session: Session, jobs: Jobs, hazard: Hazard, event: int) -> None:
    notify_followers(jobs, hazard_id=hazard.id, event_id=event)
    session.expire_all()
    for number in session.scalars(select(Notice.id).where(Notice.event_id == event)).all():
        send_notice(jobs, notice_id=number)


def states(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Notice.state).where(Notice.kind != "confirm")))


def queued(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT task_name FROM procrastinate_jobs")))


def test_steps_that_matter_enqueue_only_where_somebody_follows(session: Session, hazard: Hazard) -> None:
    happens(session, hazard)
    assert "notify_followers" not in queued(session)
    follow(session, hazard)
    for kind, public in (("fix", True), ("start", True), ("fix", False)):
        happens(session, hazard, kind, public=public)
    assert queued(session).count("notify_followers") == 1


def test_a_real_letter_says_what_happened_and_stops_by_one_click(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    token = follow(session, hazard, linked=True)
    event = happens(session, hazard)
    with open_post() as post:
        jobs = worker(database, mailer=SmtpMailer(post.url, "q@qauip.example"))
        tell(session, jobs, hazard, event)
        tell(session, jobs, hazard, event)
    (letter,) = post.letters
    address = f"https://qauip.example/ru/follow/{token}"
    assert letter["List-Unsubscribe"].strip() == f"<{address}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain = letter.get_body(("plain",)).get_content()
    assert "опасность устранена" in plain
    assert "Теперь безопасно?" in plain
    assert "https://qauip.example/ru/receipt" in plain
    assert "https://qauip.example/ru/h/" in plain
    assert address in letter.get_body(("html",)).get_content()
    assert states(session) == ["sent"]


def test_a_neighbour_is_not_asked_for_a_receipt(session: Session, database: Databases, hazard: Hazard) -> None:
    follow(session, hazard)
    post = kit.Outbox()
    tell(session, worker(database, mailer=post), hazard, happens(session, hazard))
    assert "receipt" not in post.sent[0].text


def test_the_letter_of_confirmation_has_the_link(session: Session, database: Databases, hazard: Hazard) -> None:
    token = follow(session, hazard)
    post = kit.Outbox()
    send_notice(worker(database, mailer=post), notice_id=session.scalars(select(Notice.id)).one())
    assert f"/ru/follow/{token}" in post.sent[0].text
    assert post.sent[0].unsubscribe is None


@pytest.mark.parametrize("change", [{"held": True}, {"moderation": "refused"}])
def test_nothing_is_sent_of_what_was_hidden_meanwhile(
    session: Session, database: Databases, hazard: Hazard, change: dict[str, Any]
) -> None:
    follow(session, hazard, linked=True)
    event = happens(session, hazard)
    for name, value in change.items():
        setattr(session.get_one(Hazard, hazard.id), name, value)
    session.commit()
    post = kit.Outbox()
    tell(session, worker(database, mailer=post), hazard, event)
    assert not post.sent
    assert states(session) == ["refused"]


def test_a_worker_without_the_key_leaves_it_queued_until_the_alarm_is_settled(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    follow(session, hazard)
    tell(session, replace(worker(database), vault=None), hazard, happens(session, hazard))
    assert states(session) == ["queued"]
    alarm = session.scalars(select(Alarm)).one()
    assert alarm.kind == "vault_closed"
    before = queued(session).count("send_notice")
    settle_alarm(session, by=account(session, Role.ADMINISTRATOR), alarm_id=alarm.id, now=kit.NOW)
    assert queued(session).count("send_notice") > before


def test_a_refusal_keeps_no_address(session: Session, database: Databases, hazard: Hazard) -> None:
    follow(session, hazard)
    post = kit.Outbox(troubles=[MailRefused(f"550 no such user {CANARY}")])
    tell(session, worker(database, mailer=post), hazard, happens(session, hazard))
    session.expire_all()
    notice = session.scalars(select(Notice).where(Notice.kind == "fix")).one()
    assert (notice.state, notice.error) == ("refused", "refused: 550")


def test_a_delay_names_no_address_and_is_tried_again_under_the_same_key(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    follow(session, hazard)
    event = happens(session, hazard)
    post = kit.Outbox(troubles=[MailDelayed(CANARY)])
    jobs = worker(database, mailer=post)
    with pytest.raises(MailDelayed) as raised:
        tell(session, jobs, hazard, event)
    assert CANARY not in str(raised.value)
    tell(session, jobs, hazard, event)
    assert len(post.sent) == 1
    assert post.sent[0].key.startswith("notice-")


def test_addresses_are_forgotten_ninety_days_after_closing(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    follow(session, hazard)
    row = session.get_one(Hazard, hazard.id)
    row.status, row.closed_at = "fixed", kit.NOW
    session.commit()
    for days, left in ((89, 1), (91, 0)):
        with transaction(database.app) as opened:
            purge(opened, now=kit.NOW + timedelta(days=days))
        with database.desk.connect() as desk:
            assert desk.scalar(text("SELECT count(*) FROM vault.contact")) == left


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


def test_who_follows_with_and_without_a_receipt_gets_one_letter_of_an_event(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    for number, linked in enumerate((False, True)):
        follow_hazard(
            session,
            hazard_id=hazard.id,
            report_id=kit.add_report(session, hazard, "x").id if linked else None,
            channel="email",
            language="ru",
            address_key=bytes([number]),
            contact=RING.sealer.seal(json.dumps({"email": "mother@x.example"}).encode()),
            now=kit.NOW,
        )
    for token in session.scalars(select(Follow.token)).all():
        confirm_follow(session, token=token, now=kit.NOW)
    session.commit()
    jobs = worker(database)
    for _ in range(2):
        tell(session, jobs, hazard, happens(session, hazard))
    assert len(jobs.mailer.sent) == 2
    assert all("/receipt" in mail.text for mail in jobs.mailer.sent)
    assert sorted(states(session)) == ["discarded", "discarded", "sent", "sent"]


def test_a_notice_delayed_ten_times_is_given_up_with_an_alarm(
    session: Session, database: Databases, hazard: Hazard
) -> None:
    follow(session, hazard)
    jobs = worker(database)
    event = happens(session, hazard)
    notify_followers(jobs, hazard_id=hazard.id, event_id=event)
    number = session.scalar(select(Notice.id).where(Notice.event_id == event))
    for _ in range(9):
        jobs.mailer.troubles.append(MailDelayed("busy"))
        with pytest.raises(MailDelayed):
            send_notice(jobs, notice_id=number)
    jobs.mailer.troubles.append(MailDelayed("busy"))
    send_notice(jobs, notice_id=number)
    assert states(session) == ["refused"]
    assert session.scalars(select(Alarm.kind)).all() == ["notice_stuck"]
