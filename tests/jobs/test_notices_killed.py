"""A worker killed with a letter to a follower in its hands: nothing is lost, and each letter keeps one key."""

import json
import signal

from sqlalchemy import select, text

from app.actions.follow import confirm_follow, follow_hazard
from app.actions.history import append_event
from app.actions.stalled import retry_stalled_jobs
from app.db import Databases, transaction
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM
from app.gateways.vault import Sealer
from app.models import Follow, Notice
from tests.fixtures.database import Server
from tests.gateways.mail_server import Post
from tests.jobs import kit
from tests.jobs.test_worker import _wait_for, _worker, post

__all__ = ["post"]
FOLLOWERS = 4


def test_a_killed_worker_tells_every_follower_under_one_key(database: Databases, server: Server, post: Post) -> None:
    _followed(database, server)
    post.hold_next = True
    with _worker(server, post) as killed:
        assert post.holding.wait(30)
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)
    with transaction(database.app) as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))
        retry_stalled_jobs(session)
    with _worker(server, post):
        _wait_for(lambda: _states(database) == ["sent"] * FOLLOWERS)
    keys = {letter["Message-ID"] for letter in post.letters}
    assert len(keys) == FOLLOWERS
    assert len(post.letters) <= FOLLOWERS + 4  # four at a time: handed over, but killed before it was written down


def _followed(database: Databases, server: Server) -> None:
    with transaction(database.app) as session:
        kit.add_types(session)
        hazard = kit.add_hazard(session, body_id=kit.add_body(session), make_safe_due=None, fix_due=None)
        sealer = Sealer(server.settings.vault_public_key)
        for number in range(FOLLOWERS):
            follow_hazard(
                session,
                hazard_id=hazard.id,
                report_id=None,
                channel="email",
                language="kk",
                address_key=bytes([number]),
                contact=sealer.seal(json.dumps({"email": f"f{number}@x.example"}).encode()),
                now=kit.NOW,
            )
        for token in session.scalars(select(Follow.token)).all():
            confirm_follow(session, token=token, now=kit.NOW)
        session.execute(text("DELETE FROM notice"))
        session.execute(text("DELETE FROM procrastinate_jobs"))
        session.flush()
        append_event(
            session,
            hazard_id=hazard.id,
            kind="make_safe",
            at=kit.NOW,
            by=SYSTEM,
            status=Status.ASSIGNED,
            body_id=hazard.body_id,
        )


def _states(database: Databases) -> list[str]:
    with transaction(database.app) as session:
        return list(session.scalars(select(Notice.state).where(Notice.kind == "make_safe")))
