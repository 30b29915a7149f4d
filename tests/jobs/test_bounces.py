"""Returned mail finds its message by our sealed Message-ID, and nobody else's word counts."""

import shlex
import subprocess
import sys
from email import message_from_bytes
from email.message import Message as Letter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.actions.notify_staff import tell_staff
from app.cli.mail import bounce
from app.db import Databases, transaction
from app.domain.permissions import Role
from app.jobs.bounces import Outcome, read_notification, settle_bounce
from app.jobs.mail_keys import opened, sealed
from app.models import Account, Alarm, Follow, Message, Notice
from app.queries.follow import notice_facts
from tests.fixtures.database import Server
from tests.fixtures.web import server_env
from tests.jobs import kit, staff_kit
from tests.jobs.kit import NOW, SECRET

DSN = """\
From: MAILER-DAEMON@mx.example
To: hazards@qauip.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <notice@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=utf-8

I'm sorry.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; duty@vodokanal.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <duty@vodokanal.example>: User unknown

--B
Content-Type: {kind}

Subject: x
Message-ID: <{key}@qauip.example>

--B--
"""


def _dsn(key: str, *, action: str = "failed", kind: str = "message/rfc822", status: str = "5.1.1") -> bytes:
    return DSN.format(key=key, action=action, kind=kind, status=status).encode()


def _sent(database: Databases) -> str:
    with transaction(database.app) as session:
        kit.add_types(session)
        hazard = kit.add_hazard(session, body_id=kit.add_body(session))
        key = f"{hazard.id}-1-assigned"
        session.add(
            Message(
                key=key,
                hazard_id=hazard.id,
                body_id=hazard.body_id,
                kind="assigned",
                recipient="duty@vodokanal.example",
                state="sent",
                created_at=NOW,
                sent_at=NOW,
            )
        )
    return key


def _settle(database: Databases, raw: bytes, secret: bytes = SECRET) -> Outcome:
    with transaction(database.app) as session:
        return settle_bounce(session, raw, secret=secret, now=NOW)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_failed_delivery_settles_the_message_and_raises_one_alarm(database: Databases, kind: str) -> None:
    key = _sent(database)
    for _ in range(2):
        assert _settle(database, _dsn(sealed(key, SECRET), kind=kind)) is Outcome.SETTLED
    with transaction(database.app) as session:
        message = session.scalars(select(Message)).one()
        assert (message.state, "550 5.1.1" in message.error) == ("bounced", True)
        assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["mail_failed"]


def test_what_is_no_failure_of_ours_changes_nothing(database: Databases) -> None:
    key = _sent(database)
    assert _settle(database, _dsn(sealed(key, SECRET), action="delayed")) is Outcome.NOT_FAILED
    assert _settle(database, _dsn(key)) is Outcome.NOT_OURS
    assert _settle(database, _dsn(sealed(key, b"another secret"))) is Outcome.NOT_OURS
    assert _settle(database, _dsn(sealed("99-99-assigned", SECRET))) is Outcome.UNKNOWN
    assert _settle(database, b"Subject: hello\n\nhello") is Outcome.NOT_A_BOUNCE
    with transaction(database.app) as session:
        assert session.scalars(select(Message.state)).one() == "sent"
        assert session.scalars(select(Alarm)).all() == []


def _followed(database: Databases) -> list[str]:
    """The keys of a letter each, as they go out, of two hazards that one address follows, and one that another does."""
    with transaction(database.app) as session:
        kit.add_types(session)
        body, keys = kit.add_body(session), []
        for address in (b"dead", b"dead", b"alive"):
            follow = Follow(
                hazard_id=kit.add_hazard(session, body_id=body).id, channel="email", language="kk",
                token=f"token-{len(keys)}", address_key=address, created_at=NOW, confirmed_at=NOW,
            )  # fmt: skip
            session.add(follow)
            session.flush()
            notice = Notice(
                key=f"{follow.id}-confirm-202611240900", follow_id=follow.id, kind="confirm", state="sent",
                created_at=NOW, sent_at=NOW,
            )  # fmt: skip
            session.add(notice)
            session.flush()
            facts = notice_facts(session, notice.id)
            assert facts is not None
            keys.append(facts.key)
    return keys


def test_a_dead_address_of_a_citizen_follows_nothing_any_more(database: Databases) -> None:
    first, _, other = _followed(database)
    assert _settle(database, _dsn(sealed(first, SECRET))) is Outcome.SETTLED
    with transaction(database.app) as session:
        assert [f"notice-{key}" for key in session.scalars(select(Notice.key))] == [other]
        assert session.scalars(select(Follow.address_key)).all() == [b"alive"]
        assert session.scalars(select(Alarm)).all() == []
    assert _settle(database, _dsn(sealed(first, SECRET))) is Outcome.UNKNOWN


def test_a_server_that_refuses_our_mail_ends_nobody_s_following(database: Databases) -> None:
    first, *_ = _followed(database)
    assert _settle(database, _dsn(sealed(first, SECRET), status="5.7.1")) is Outcome.SETTLED
    assert _settle(database, _dsn(sealed(first, SECRET), action="delayed")) is Outcome.NOT_FAILED
    with transaction(database.app) as session:
        assert len(session.scalars(select(Follow)).all()) == 3
        notice = session.scalars(select(Notice).where(Notice.key == first.removeprefix("notice-"))).one()
        assert (notice.state, "@" in notice.error) == ("refused", False)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.integers(0, len(DSN)), st.integers(0, 200))
def test_no_bytes_make_the_reader_fail(noise: bytes, at: int, cut: int) -> None:
    whole = _dsn("1-1-assigned.0123456789abcdef0123")
    found = read_notification(whole[:at] + noise + whole[at + cut :])
    assert found is None or isinstance(found.said, str)
    assert isinstance(message_from_bytes(noise), Letter)


@given(st.text(max_size=60))
def test_only_our_own_seal_opens(word: str) -> None:
    assert opened(word, SECRET) is None
    assert opened(sealed("1-2-assigned", SECRET), SECRET) == "1-2-assigned"
    assert opened(sealed("1-2-assigned", SECRET), b"other") is None


def test_the_example_of_the_help_works_in_an_empty_environment(
    database: Databases, server: Server, tmp_path: Path
) -> None:
    """As a mail server runs it: nothing of ours in the environment but what the line itself reads."""
    line = next(part for part in (bounce.help or "").splitlines() if part.strip().startswith('"|')).strip()
    settings_file = tmp_path / "qauip.env"
    settings_file.write_text("".join(f"{k}={shlex.quote(v)}\n" for k, v in server_env(server.settings, 1).items()))
    program = tmp_path / "qauip"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m app.cli "$@"\n')
    program.chmod(0o755)
    command = line.strip('"|').replace("/etc/qauip.env", str(settings_file))
    command = command.replace("/opt/qauip/.venv/bin/qauip", str(program))
    raw = _dsn(sealed(_sent(database), server.settings.secret_key.encode()))
    ran = subprocess.run(["/bin/sh", "-c", command], input=raw, capture_output=True, env={}, cwd="/", check=False)
    assert (ran.returncode, b"marked as returned" in ran.stdout) == (0, True), ran.stderr


def test_command_reads_standard_input(database: Databases, server: Server) -> None:
    key = _sent(database)
    ours = _dsn(sealed(key, server.settings.secret_key.encode()))
    for raw, status, words in ((ours, 0, "marked as returned"), (b"hello", 65, "not a delivery status")):
        ran = subprocess.run(
            [sys.executable, "-m", "app.cli", "mail", "bounce"],
            input=raw, capture_output=True, env=server_env(server.settings, 1), check=False,
        )  # fmt: skip
        assert (ran.returncode, words in (ran.stdout + ran.stderr).decode()) == (status, True), ran.stderr


def test_a_letter_to_somebody_of_the_staff_that_came_back_marks_the_account(database: Databases) -> None:
    with transaction(database.app) as session:
        kit.add_types(session)
        body = kit.add_body(session)
        hazard = kit.add_hazard(session, body_id=body)
        person = staff_kit.add_account(session, "gone", [Role.DISPATCHER], body_id=body)
        event = kit.assigned(session, hazard)
        tell_staff(session, kind="mention", hazard_id=hazard.id, event_id=event, accounts=[person], now=NOW)
    jobs = kit.jobs(database)
    staff_kit.send_queued(jobs)
    raw = _dsn(jobs.mailer.sent[0].key)
    assert _settle(database, raw, kit.SECRET) is Outcome.SETTLED
    assert _settle(database, raw, kit.SECRET) is Outcome.SETTLED
    assert staff_kit.states(jobs) == [("mention", "email", "bounced")]
    with transaction(database.app) as session:
        assert session.get_one(Account, person).mail_failed_at == NOW
        assert [alarm.kind for alarm in session.scalars(select(Alarm))] == ["staff_mail_failed"]
    assert _settle(database, _dsn(sealed("staff-999", kit.SECRET)), kit.SECRET) is Outcome.UNKNOWN
