"""A hazard that somebody follows, what happens to it, and the worker that tells them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from nacl.public import PrivateKey
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.follow import confirm_follow, follow_hazard
from app.actions.history import append_event
from app.db import Databases, transaction
from app.domain.follow import address_key
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM
from app.gateways.vault import Keyring
from app.jobs import Jobs
from app.jobs.context import Vault
from app.jobs.notices import notify_followers, send_notice
from app.models import Follow, Hazard, Notice
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
