"""A report that comes again with something else in it: all of it is there, and each part once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.followup import withdraw_report
from app.actions.reports import report_hazard
from app.actions.submission import Reported, Submission
from app.db import Databases
from app.domain.errors import AlreadyWithdrawn, NotReportable, StaleVersion
from app.domain.photo import PhotoFile
from app.models import Event, Hazard, Photo, Report
from tests.actions.town import INSIDE, POLICY, Town
from tests.jobs.kit import NOW

A, B, C = (PhotoFile(name * 64, 40, 30) for name in "abc")
LATER = NOW + timedelta(minutes=5)
FIRST = Submission(UUID(int=1), "MANHOLE_DAMAGED", INSIDE["west"], text="Ашық люк", photos=(A,))
BOY = replace(FIRST, text="Ашық люк, бала түсіп кетті", someone_hurt=True, photos=(A, B))


def send(session: Session, submission: Submission) -> Reported:
    made = report_hazard(session, submission=submission, policy=POLICY, now=LATER)
    session.flush()
    return made


def said(session: Session) -> list[tuple[str, str, bool, str]]:
    session.expire_all()
    rows = session.scalars(select(Report).order_by(Report.id))
    return [(row.kind, row.text, row.someone_hurt, row.moderation) for row in rows]


def lines(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(Event.kind, Event.note).where(~Event.public).order_by(Event.id))
    return [tuple(row) for row in rows]


def jobs(session: Session, name: str) -> int:
    asked = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")
    return session.scalar(asked, {"name": name}) or 0


def hazard(session: Session) -> Hazard:
    session.expire_all()
    return session.scalars(select(Hazard)).one()


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


def test_what_is_new_is_a_later_word_once_and_raises_the_hazard(session: Session, town: Town) -> None:
    first = send(session, FIRST)
    told = jobs(session, "notify_body")
    assert not hazard(session).urgent
    again = [send(session, BOY) for _ in range(3)]
    assert {(made.reference, made.receipt, made.created) for made in again} == {(first.reference, first.receipt, False)}
    assert said(session) == [
        ("new", "Ашық люк", False, "pending"),
        ("addition", "бала түсіп кетті", True, "pending"),
    ]
    assert session.scalars(select(Photo.content_key).order_by(Photo.id)).all() == [A.content_key, B.content_key]
    assert (hazard(session).urgent, hazard(session).reports, hazard(session).version) == (True, 1, 1)
    assert any(part["reason"] == "someone_hurt" for part in hazard(session).severity_why)
    assert lines(session) == [("addition", "")]
    assert jobs(session, "notify_body") == told + 1  # the job that mails its body calls who is on duty


def test_a_repeat_of_the_same_or_of_less_is_without_effect_whatever_has_become_of_it(
    session: Session, town: Town
) -> None:
    send(session, BOY)
    before = said(session), lines(session), jobs(session, "notify_body")
    session.execute(text("UPDATE photo SET content_key = :key"), {"key": C.content_key})  # a moderator has cropped it
    session.execute(text("UPDATE report SET text = '', moderation = 'refused'"))
    for repeat in (BOY, replace(BOY, photos=()), replace(BOY, text=" " + BOY.text)):
        assert not send(session, repeat).created
    assert (len(said(session)), lines(session), jobs(session, "notify_body")) == (1, *before[1:])


def test_a_first_sending_that_was_overtaken_adds_nothing(session: Session, town: Town) -> None:
    for each in (BOY, FIRST, BOY):
        send(session, each)
    assert [row[1] for row in said(session)] == [BOY.text]


def test_words_changed_in_the_middle_are_kept_whole(session: Session, town: Town) -> None:
    send(session, FIRST)
    send(session, replace(FIRST, text="Ашық люкте бала"))
    send(session, replace(FIRST, text="Люк ашық"))
    assert [row[1] for row in said(session)] == ["Ашық люк", "Ашық люкте бала", "Люк ашық"]


def test_another_place_kind_or_sign_is_told_to_the_body_and_to_staff_alone(session: Session, town: Town) -> None:
    send(session, FIRST)
    before = hazard(session)
    place, told = (before.label.x, before.label.y), jobs(session, "notify_body")
    moved = replace(FIRST, geometry=Point(76.9003, 43.2401), hazard_type="MANHOLE_OPEN", hints={"water": "yes"})
    for _ in range(2):
        send(session, moved)
    [(kind, note)] = lines(session)
    assert kind == "sent_anew"
    assert "43.240100, 76.900300" in note
    assert session.scalars(select(Event.data["hints"]).where(Event.kind == "sent_anew")).one() == {"water": "yes"}
    after = hazard(session)
    assert ((after.label.x, after.label.y), after.hazard_type) == (place, "MANHOLE_DAMAGED")
    assert (jobs(session, "notify_body"), len(said(session))) == (told + 1, 1)
    with pytest.raises(NotReportable):
        send(session, replace(FIRST, hazard_type="CHILD_IN_DANGER"))


def test_somebody_hurt_at_what_is_nobody_s_calls_the_coordinator_s_people(session: Session, town: Town) -> None:
    nowhere = replace(FIRST, geometry=Point(78.5, 44.0))
    send(session, nowhere)
    for _ in range(2):
        send(session, replace(nowhere, someone_hurt=True))
    assert jobs(session, "call_duty") == 1


def test_of_what_its_body_has_closed_it_says_that_it_is_not_over(session: Session, town: Town) -> None:
    send(session, FIRST)
    session.execute(text("UPDATE hazard SET status = 'fixed', closed_at = :now"), {"now": NOW})
    session.expire_all()
    for _ in range(2):
        send(session, BOY)
    assert (hazard(session).status, hazard(session).disputed, hazard(session).urgent) == ("fixed", True, False)


def test_what_was_taken_back_stays_so_and_what_the_desk_has_goes_there(session: Session, town: Town) -> None:
    made = send(session, FIRST)
    session.execute(text("UPDATE hazard SET held = true"))
    session.expire_all()
    assert send(session, FIRST) == replace(made, created=False)
    with pytest.raises(StaleVersion):
        send(session, BOY)
    session.execute(text("UPDATE hazard SET held = false"))
    session.expire_all()
    withdraw_report(session, receipt=made.receipt or "", policy=POLICY, now=LATER)
    try:
        send(session, BOY)
    except AlreadyWithdrawn:
        pytest.fail("a repeat of what was taken back is answered as before")
    assert [row[1] for row in said(session)] == [""]


WORDS = st.sampled_from(["", "Ашық люк", "Ашық люк. Бала", "Люк"])
EDITS = st.builds(
    lambda words, hurt, photos: replace(FIRST, text=words, someone_hurt=hurt, photos=tuple(photos)),
    WORDS,
    st.booleans(),
    st.lists(st.sampled_from([A, B, C]), unique=True, max_size=3),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EDITS, min_size=1, max_size=5))
def test_whatever_is_sent_in_whatever_order_all_of_it_is_there_once(
    session: Session, town: Town, edits: list[Submission]
) -> None:
    client_id = uuid4()
    sent = [replace(each, client_id=client_id) for each in edits]
    with session.begin_nested() as savepoint:
        made = [send(session, each) for each in sent]
        after_once = said(session)
        for each in sent:
            send(session, each)
        assert said(session) == after_once
        assert len({each.reference for each in made}) == 1
        all_words = "\n".join(row[1] for row in after_once)
        assert all(word in all_words for each in sent for word in each.text.replace(".", "").split())
        keys = session.scalars(select(Photo.content_key)).all()
        assert sorted(keys) == sorted({photo.content_key for each in sent for photo in each.photos})
        assert hazard(session).urgent == any(each.someone_hurt for each in sent)
        savepoint.rollback()


def test_three_at_once_are_one_word(database: Databases, session: Session, town: Town) -> None:
    send(session, FIRST)
    session.commit()

    def one(_: int) -> None:
        with Session(session.get_bind()) as own, own.begin():
            report_hazard(own, submission=BOY, policy=POLICY, now=LATER)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(one, range(3)))
    assert [row[0] for row in said(session)] == ["new", "addition"]
    assert len(session.scalars(select(Photo.id)).all()) == 2
