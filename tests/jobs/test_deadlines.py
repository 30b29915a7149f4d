"""What time alone does: overdue by the rule of the domain, once, with its line of history; made safe ends."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.actions.deadlines import mark_overdue
from app.db import Databases, transaction
from app.domain.deadlines import overdue_clock
from app.domain.hazard import Status
from app.jobs.sweep_deadlines import sweep_deadlines
from app.models import Event, Follow, Hazard
from tests.jobs import kit
from tests.jobs.kit import NOW

HOUR = timedelta(hours=1)


def _marked(database: Databases) -> list[tuple[str | None, int]]:
    with transaction(database.app) as session:
        return [tuple(row) for row in session.execute(select(Hazard.overdue, Hazard.version).order_by(Hazard.id))]


def _events(database: Databases) -> list[tuple[str, str | None]]:
    with transaction(database.app) as session:
        return [(event.kind, event.data.get("clock")) for event in session.scalars(select(Event).order_by(Event.id))]


def test_each_clock_is_marked_once_and_leaves_the_version_alone(database: Databases) -> None:
    with transaction(database.app) as session:
        kit.add_types(session)
        kit.add_hazard(session, make_safe_due=NOW - HOUR)
        kit.add_hazard(session, fix_due=NOW - HOUR)
        kit.add_hazard(session, make_safe_due=NOW + HOUR)
        body = kit.add_body(session)
        kit.add_hazard(session, body_id=body, status=Status.FIXED, closed_at=NOW, fix_due=NOW - HOUR)
    sweep_deadlines(kit.jobs(database))
    sweep_deadlines(kit.jobs(database))
    assert _marked(database) == [("make_safe", 1), ("fix", 1), (None, 1), (None, 1)]
    assert _events(database) == [("overdue", "make_safe"), ("overdue", "fix")]


def test_heavier_clock_takes_over_and_a_paused_one_is_taken_away(database: Databases) -> None:
    with transaction(database.app) as session:
        kit.add_types(session)
        kit.add_hazard(session, make_safe_due=NOW - HOUR, fix_due=NOW + HOUR)
        sweep_at = [NOW, NOW + 2 * HOUR]
    for now in sweep_at:
        sweep_deadlines(kit.jobs(database, now=lambda now=now: now))
    with transaction(database.app) as session:
        session.execute(text("UPDATE hazard SET fix_paused_at = :now, made_safe_measure = 'grid', made_safe_at = :now,"
                             " made_safe_until = :until"), {"now": NOW, "until": NOW + 72 * HOUR})  # fmt: skip
    sweep_deadlines(kit.jobs(database, now=lambda: NOW + 3 * HOUR))
    assert _marked(database)[0][0] is None
    assert _events(database) == [("overdue", "make_safe"), ("overdue", "fix")]


def test_made_safe_ends_raises_the_version_and_the_hazard_is_overdue_at_once(database: Databases) -> None:
    safe = {"made_safe_measure": "grid", "made_safe_at": NOW - 73 * HOUR, "made_safe_until": NOW - HOUR}
    with transaction(database.app) as session:
        kit.add_types(session)
        hazard = kit.add_hazard(session, make_safe_due=NOW - 60 * HOUR, **safe)
    sweep_deadlines(kit.jobs(database))
    with transaction(database.app) as session:
        seen = session.get_one(Hazard, hazard.id)
        assert (seen.made_safe_measure, seen.made_safe_at, seen.made_safe_until) == (None, None, None)
        assert (seen.version, seen.overdue) == (2, "make_safe")
        assert session.scalar(text("SELECT state FROM public_data.public_hazard")) == "open"
    assert [kind for kind, _ in _events(database)] == ["made_safe_expired", "overdue"]


def test_batches_mark_each_once_and_only_followers_are_told(database: Databases) -> None:
    with transaction(database.app) as session:
        kit.add_types(session)
        made = [kit.add_hazard(session, fix_due=NOW - HOUR) for _ in range(5)]
        for each, confirmed in ((made[1], NOW), (made[2], None)):
            session.add(
                Follow(
                    hazard_id=each.id, channel="email", language="kk", token=f"token-{each.id}",
                    address_key=b"key", created_at=NOW, confirmed_at=confirmed,
                )
            )  # fmt: skip
        followed = made[1].id
    marked = []
    for _ in range(4):
        with transaction(database.app) as session:
            marked.append(mark_overdue(session, now=NOW, batch=2))
    assert marked == [2, 2, 1, 0]
    assert _events(database) == [("overdue", "fix")] * 5
    with transaction(database.app) as session:
        told = session.scalars(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'notify_followers'")).all()
    assert [each["hazard_id"] for each in told] == [followed]


def test_locked_hazard_is_left_for_the_next_sweep(database: Databases) -> None:
    with transaction(database.app) as session:
        kit.add_types(session)
        kit.add_hazard(session, make_safe_due=NOW - HOUR)
    with transaction(database.app) as busy:
        busy.execute(text("SELECT 1 FROM hazard FOR UPDATE"))
        with transaction(database.app) as session:
            assert mark_overdue(session, now=NOW) == 0
    with transaction(database.app) as session:
        assert mark_overdue(session, now=NOW) == 1


moments = st.one_of(st.none(), st.sampled_from([-2, -1, 1, 2]).map(lambda hours: NOW + hours * HOUR))
hazards = st.lists(
    st.tuples(moments, moments, st.booleans(), st.booleans(), st.sampled_from([None, "fix", "make_safe"])),
    min_size=1, max_size=12,
)  # fmt: skip


@pytest.fixture
def typed(database: Databases) -> Databases:
    with transaction(database.app) as session:
        kit.add_types(session)
    return database


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hazards)
def test_sql_and_the_domain_agree(
    typed: Databases, made: list[tuple[datetime | None, datetime | None, bool, bool, str | None]]
) -> None:
    with transaction(typed.app) as session:
        ids = []
        for make_safe, fix, safe, paused, mark in made:
            marks = {"made_safe_measure": "grid", "made_safe_at": NOW, "made_safe_until": NOW + HOUR} if safe else {}
            hazard = kit.add_hazard(
                session,
                make_safe_due=make_safe,
                fix_due=fix,
                fix_paused_at=NOW if paused else None,
                overdue=mark,
                **marks,
            )
            ids.append(hazard.id)
    sweep_deadlines(kit.jobs(typed))
    with transaction(typed.app) as session:
        seen = [session.get_one(Hazard, each).overdue for each in ids]
    assert seen == [
        overdue_clock(NOW, make_safe_due=make_safe, fix_due=fix, safe=safe, fix_paused=paused)
        for make_safe, fix, safe, paused, _ in made
    ]
