"""Two hazards to be joined, and what hangs on them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.actions.merging import merge_hazards, undo_merge
from app.domain.hazard import Status
from app.domain.permissions import Actor, Role
from app.models import Follow, Hazard, Merge, Photo, Question, Report
from tests.jobs.kit import NOW, POLICY, add_body, add_hazard, add_report, add_types
from tests.web.pages import make_account

LATER = NOW + timedelta(hours=1)


def dispatcher(session: Session, body: int | None, role: Role = Role.DISPATCHER, name: str = "a") -> Actor:
    return make_account(session, role, email=f"{name}@example.kz", body_id=body).actor


def join(session: Session, by: Actor, duplicate: Hazard, kept: Hazard, now: datetime = NOW, **more: Any) -> Hazard:
    session.flush()
    versions = more.pop("versions", (duplicate.version, kept.version))
    return merge_hazards(
        session, by=by, duplicate=duplicate.reference, into=kept.reference, versions=versions,
        note=more.pop("note", "The same cover"), policy=POLICY, now=now,
    )  # fmt: skip


def undo(session: Session, by: Actor, now: datetime = LATER, merge_id: int | None = None) -> Hazard:
    last = session.scalar(select(func.max(Merge.id))) or 0
    return undo_merge(session, by=by, merge_id=merge_id or last, policy=POLICY, now=now)


def add_photo(session: Session, hazard: Hazard, report: Report | None = None) -> Photo:
    photo = Photo(public_id=uuid4().hex, hazard_id=hazard.id, report_id=report.id if report else None, kind="report",
                  content_key="a" * 64, width=1, height=1, added_at=NOW)  # fmt: skip
    session.add(photo)
    session.flush()
    return photo


def add_follow(session: Session, hazard: Hazard, key: bytes, *, confirmed: bool = True) -> Follow:
    follow = Follow(hazard_id=hazard.id, channel="email", language="kk", token=uuid4().hex, address_key=key,
                    created_at=NOW, confirmed_at=NOW - timedelta(hours=2) if confirmed else None)  # fmt: skip
    session.add(follow)
    session.flush()
    return follow


def rows(session: Session) -> dict[str, list[dict[str, Any]]]:
    """All that a merge may touch, as the database has it; without versions, which only count on."""
    session.flush()
    found = {}
    for table in ("hazard", "report", "photo", "follow", "question"):
        result = session.execute(text(f"SELECT to_jsonb(t) - 'version' AS row FROM {table} t ORDER BY id"))
        found[table] = [row.row for row in result]
    return found


@pytest.fixture
def pair(session: Session) -> tuple[Actor, Hazard, Hazard]:
    """A dispatcher, a duplicate and the one that stays; two reports, photos and followers."""
    add_types(session)
    body = add_body(session)
    kept, duplicate = add_hazard(session, body_id=body), add_hazard(session, body_id=body)
    for hazard in (kept, duplicate):
        add_photo(session, hazard, add_report(session, hazard, "no cover"))
    return dispatcher(session, body), duplicate, kept


def add_question(session: Session, hazard: Hazard, by: Actor, *, asked_at: datetime) -> Question:
    event_id = append_event(session, hazard_id=hazard.id, kind="ask", at=asked_at, by=by, status=Status.ACCEPTED)
    question = Question(token=uuid4().hex, hazard_id=hazard.id, event_id=event_id, body_id=hazard.body_id,
                        asked_by=by.account_id, asked_at=asked_at, text="Which yard?")  # fmt: skip
    session.add(question)
    session.flush()
    return question
