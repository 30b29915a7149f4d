"""Who is on shift and who stands in, of one body only."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.inbox import Wanted
from app.models import Account, Crew, CrewMember, Deputy, Shift
from app.queries.crew_jobs import my_jobs
from app.queries.inbox import hazard_ids
from app.queries.shifts import away_of, on_shift, stands_in_for, who_is_on, with_deputies
from tests.jobs.kit import NOW, add_body, add_hazard, add_types

DAY = date(2026, 11, 24)  # NOW is 14:00 of this Tuesday in Almaty


def person(session, body_id, name, *, active=True):
    made = Account(
        email=f"{name}.{body_id}@x.example".lower(),
        name=name,
        roles=["crew"],
        body_id=body_id,
        password_hash="!",
        active=active,
    )
    session.add(made)
    session.flush()
    return made.id


@pytest.fixture
def bodies(session):
    return add_body(session), add_body(session)


def away(session, who, deputy, starts=DAY, ends=DAY):
    session.add(Deputy(account_id=who, deputy_id=deputy, starts_on=starts, ends_on=ends))
    session.flush()


def shift(session, body_id, weekday, starts, ends, **whom):
    session.add(Shift(body_id=body_id, weekday=weekday, starts=starts * 60, ends=ends * 60, **whom))
    session.flush()


def test_people_and_crews_on_shift_now(session, bodies):
    ours, theirs = bodies
    asel, berik, dana = (person(session, ours, name) for name in ("Asel", "Berik", "Dana"))
    gone, foreign = person(session, ours, "Gone", active=False), person(session, theirs, "Foreign")
    crew = Crew(body_id=ours, name="North")
    session.add(crew)
    session.flush()
    session.add_all(CrewMember(crew_id=crew.id, account_id=each) for each in (berik, gone, foreign))
    shift(session, ours, 1, 8, 20, account_id=asel)
    shift(session, ours, 1, 13, 15, crew_id=crew.id)
    shift(session, ours, 1, 20, 8, account_id=dana)
    shift(session, theirs, 1, 8, 20, account_id=foreign)
    assert on_shift(session, ours, NOW) == [asel, berik]
    assert on_shift(session, ours, NOW + timedelta(hours=8)) == [dana]
    assert [(each.name, each.is_crew, each.left_m) for each in who_is_on(session, ours, NOW)] == [
        ("Asel", False, 6 * 60),
        ("North", True, 60),
    ]


def test_whoever_moved_to_another_body_is_no_longer_on_shift(session, bodies):
    ours, theirs = bodies
    asel = person(session, ours, "Asel")
    shift(session, ours, 1, 8, 20, account_id=asel)
    session.get_one(Account, asel).body_id = theirs
    session.flush()
    assert on_shift(session, ours, NOW) == []
    assert who_is_on(session, ours, NOW) == []


def test_a_deputy_of_another_body_or_without_an_account_is_told_nothing(session, bodies):
    ours, theirs = bodies
    asel, berik = person(session, ours, "Asel"), person(session, ours, "Berik")
    gone, foreign = person(session, ours, "Gone", active=False), person(session, theirs, "Foreign")
    for deputy in (berik, gone, foreign):
        away(session, asel, deputy)
    assert with_deputies(session, [asel], DAY) == [asel, berik]
    assert [each.deputy for each in away_of(session, ours, day=DAY)] == ["Berik", "Gone"]
    assert away_of(session, theirs, day=DAY) == []


def test_a_deputy_who_is_away_has_one_too(session, bodies):
    asel, berik, dana = (person(session, bodies[0], name) for name in ("Asel", "Berik", "Dana"))
    away(session, asel, berik)
    away(session, berik, dana)
    away(session, dana, asel)
    assert with_deputies(session, [asel], DAY) == [asel, berik, dana]
    assert stands_in_for(session, dana, DAY) == {asel, berik}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    pairs=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-3, 3), st.integers(0, 3)).filter(
            lambda each: each[0] != each[1]
        ),
        max_size=8,
    ),
    asked=st.sets(st.integers(0, 5), min_size=1),
)
def test_whoever_is_told_is_asked_for_or_stands_in_and_is_of_the_same_body(session, bodies, pairs, asked):
    """People 0-3 are ours, 4 and 5 another body's."""
    with session.begin_nested() as undo:
        stamp = datetime.now().timestamp()  # noqa: DTZ005 - only to be different each time
        ids = [person(session, bodies[number // 4], f"p{number}.{stamp}") for number in range(6)]
        for who, deputy, start, length in pairs:
            first = DAY + timedelta(days=start)
            away(session, ids[who], ids[deputy], first, first + timedelta(days=length))
        found = [ids.index(each) for each in with_deputies(session, [ids[each] for each in sorted(asked)], DAY)]
        undo.rollback()
    links = {
        (who, deputy)
        for who, deputy, start, length in pairs
        if start <= 0 <= start + length and who // 4 == deputy // 4
    }
    expected = set(asked)
    while more := {deputy for who, deputy in links if who in expected} - expected:
        expected |= more
    assert set(found) == expected
    assert len(found) == len(expected)


def test_what_is_given_to_whoever_is_away_shows_among_the_deputys_jobs_and_no_longer_after(session, bodies):
    add_types(session)
    asel, berik = (session.get_one(Account, person(session, bodies[0], name)) for name in ("Asel", "Berik"))
    crew = Crew(body_id=bodies[0], name="North")
    session.add(crew)
    session.flush()
    session.add(CrewMember(crew_id=crew.id, account_id=asel.id))
    given_to = add_hazard(session, body_id=bodies[0], assignee_id=asel.id)
    of_crew = add_hazard(session, body_id=bodies[0], crew_id=crew.id)
    away(session, asel.id, berik.id)

    def jobs(day):
        return {row.id for row in my_jobs(session, actor=berik.actor, language="ru", day=day)}

    assert jobs(DAY) == {given_to.id, of_crew.id}
    assert jobs(DAY + timedelta(days=1)) == set()

    def mine(moment):
        wanted = Wanted.parse({"whom": "me"})
        return hazard_ids(session, actor=berik.actor, wanted=wanted, now=moment, limit=10)

    assert mine(NOW) == [given_to.id]
    assert mine(NOW + timedelta(days=1)) == []
