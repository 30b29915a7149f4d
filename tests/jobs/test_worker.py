"""The worker itself, as a process, against a real mail server: delivered, delayed, refused, killed in the middle."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from procrastinate.retry import RetryStrategy
from sqlalchemy import select, text

from app.actions.stalled import retry_stalled_jobs
from app.db import Databases, transaction
from app.gateways.mail import MailDelayed, SmtpMailer
from app.models import Alarm, Message
from app.outbox import JobName, enqueue
from app.worker import queue, work
from tests.fixtures.database import Server
from tests.fixtures.web import free_port, server_env
from tests.gateways.mail_server import Post, open_post
from tests.jobs import kit

AT_ONCE = RetryStrategy(max_attempts=10, retry_exceptions={MailDelayed})
SENDER = "hazards@qauip.example"


@pytest.fixture
def post() -> Iterator[Post]:
    with open_post() as opened:
        yield opened


def _enqueue(database: Databases, *, times: int = 1) -> None:
    with transaction(database.app) as session:
        kit.add_types(session)
        body_id = kit.add_body(session)
        for _ in range(times):
            hazard = kit.add_hazard(session, body_id=body_id, severity="high")  # calls nobody
            enqueue(session, JobName.NOTIFY_BODY, hazard_id=hazard.id, event_id=kit.assigned(session, hazard))


def _work_off(database: Databases, server: Server, post: Post) -> None:
    jobs = kit.jobs(database, mailer=SmtpMailer(post.url, SENDER))
    work(
        queue(server.settings.database_url, jobs, periodic=False, retry=AT_ONCE),
        wait=False,
        install_signal_handlers=False,
    )


def _states(database: Databases) -> list[str]:
    with transaction(database.app) as session:
        return list(session.scalars(select(Message.state).order_by(Message.id)))


def _alarms(database: Databases) -> list[str]:
    with transaction(database.app) as session:
        return list(session.scalars(select(Alarm.key)))


def test_delayed_mail_is_delivered_and_its_job_is_gone(database: Databases, server: Server, post: Post) -> None:
    _enqueue(database)
    post.answers = ["450 4.2.1 busy", "421 4.3.2 going down"]
    for _ in range(3):
        _work_off(database, server, post)
    assert _states(database) == ["sent"]
    assert len(post.letters) == 1
    with transaction(database.app) as session:
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_refused_mail_raises_one_alarm_and_the_others_are_delivered(
    database: Databases, server: Server, post: Post
) -> None:
    _enqueue(database, times=3)
    post.answers = ["550 5.1.1 no such user"]
    _work_off(database, server, post)
    assert sorted(_states(database)) == ["refused", "sent", "sent"]
    assert [key.partition(":")[0] for key in _alarms(database)] == ["mail_failed"]


def test_poisoned_jobs_fail_visibly_and_the_worker_lives(database: Databases, server: Server, post: Post) -> None:
    with transaction(database.app) as session:
        for name, args in (
            ("os.system", '{"command": "id"}'),
            ("notify_body", '{"hazard_id": "x"}'),
            ("notify_body", "{}"),
        ):
            session.execute(
                text(
                    "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
                    " VALUES ('default', :name, CAST(:args AS jsonb))"
                ),
                {"name": name, "args": args},
            )
    _enqueue(database)
    _work_off(database, server, post)
    assert _states(database) == ["sent"]
    assert _alarms(database) == ["job_failed:notify_body"]
    with transaction(database.app) as session:
        assert session.scalars(text("SELECT status FROM procrastinate_jobs")).all() == ["failed"] * 3


def test_killed_worker_loses_nothing_and_sigterm_ends_one_kindly(
    database: Databases, server: Server, post: Post
) -> None:
    _enqueue(database, times=3)
    post.hold_next = True
    with _worker(server, post) as killed:
        assert post.holding.wait(20)
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)
    assert _states(database).count("sent") < 3
    with transaction(database.app) as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))
        assert retry_stalled_jobs(session) >= 1
    with _worker(server, post) as second:
        _wait_for(lambda: _states(database) == ["sent"] * 3)
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0
    ids = {letter["Message-ID"] for letter in post.letters}
    assert len(ids) == 3
    assert len(post.letters) - len(ids) <= 2  # handed over, but the worker was killed before it could write so


@contextmanager
def _worker(server: Server, post: Post) -> Iterator[subprocess.Popen[bytes]]:
    env = server_env(server.settings, free_port()) | {"SMTP_URL": post.url, "MAIL_FROM": SENDER}
    child = subprocess.Popen([sys.executable, "-m", "app.worker"], env=env, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def _wait_for(true: Callable[[], bool], patience_s: float = 20) -> None:
    until = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)
