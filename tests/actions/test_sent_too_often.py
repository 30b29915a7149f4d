"""A report changed again and again: what it says last counts, a letter is not written for each, and there is an end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from shapely.geometry import Point
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.presence import be_present
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.errors import NoMoreChanges, TooMany
from app.domain.permissions import Role
from app.domain.photo import PhotoFile
from app.models import Photo
from tests.actions.test_sent_again import BOY, FIRST, LATER, hazard, jobs, lines, said, send
from tests.actions.town import POLICY, Town
from tests.web.pages import make_account

PLACES = [replace(FIRST, geometry=Point(76.9003 + step / 1000, 43.2401)) for step in range(8)]


@pytest.fixture(autouse=True)
def town(session: Session) -> Town:
    return Town(session)


def at(session: Session, submission: Submission, **after: int) -> None:
    report_hazard(session, submission=submission, policy=POLICY, now=LATER + timedelta(**after))


def corrections(session: Session) -> list[str]:
    return [note for kind, note in lines(session) if kind == "sent_anew"]


def pictures(first: int, number: int) -> tuple[PhotoFile, ...]:
    return tuple(PhotoFile(f"{each:064x}", 40, 30) for each in range(first, first + number))


def test_who_corrects_back_to_the_first_place_kind_or_sign_is_heard(session: Session) -> None:
    other = replace(PLACES[1], hazard_type="MANHOLE_OPEN", hints={"setting": "yard"})
    back = replace(FIRST, hints={"setting": "road"})
    send(session, back)
    for each in (other, back):
        for _ in range(2):
            send(session, each)
    there, here = corrections(session)
    assert "43.240100, 76.901300" in there
    assert f"{FIRST.geometry.y:.6f}, {FIRST.geometry.x:.6f}" in here
    hints = text("SELECT data -> 'hints' ->> 'setting' FROM event WHERE kind = 'sent_anew' ORDER BY id")
    assert session.scalars(hints).all() == ["yard", "road"]


@pytest.mark.parametrize(
    ("first", "then"), [("у дома 12, дети", "у дома 1"), ("у дома 1/2", "у дома 1"), ("у дома 1", "у дома 1/2")]
)
def test_a_word_cut_or_gone_on_from_is_a_correction(session: Session, first: str, then: str) -> None:
    send(session, replace(FIRST, text=first))
    send(session, replace(FIRST, text=then))
    assert [row[1] for row in said(session)] == [first, then]


def test_words_that_a_moderator_has_refused_do_not_come_back_with_what_follows_them(session: Session) -> None:
    for words in ("Сосед Иванов пьёт", "Сосед Иванов пьёт. Яма", "Сосед Иванов пьёт. Яма. Дети"):
        send(session, replace(FIRST, text=words))
        session.execute(text("UPDATE report SET text = '', moderation = 'refused' WHERE kind = 'new'"))
    assert [row[1] for row in said(session)] == ["", "Яма", "Дети"]


def test_a_report_is_changed_so_often_but_that_somebody_is_hurt_is_always_taken(session: Session) -> None:
    send(session, FIRST)
    for place in PLACES[:5]:
        send(session, place)
    before = said(session), lines(session)
    for change in (PLACES[5], replace(PLACES[4], text="Басқа"), FIRST):
        with pytest.raises(NoMoreChanges):
            send(session, change)
    assert not send(session, PLACES[4]).created
    assert (said(session), lines(session)) == before
    send(session, replace(BOY, geometry=PLACES[4].geometry))
    assert hazard(session).urgent


def test_one_report_brings_so_many_photos_in_all(session: Session) -> None:
    send(session, replace(FIRST, photos=pictures(0, 5)))
    send(session, replace(FIRST, photos=pictures(5, 5)))
    with pytest.raises(NoMoreChanges):
        send(session, replace(FIRST, photos=pictures(9, 2)))
    assert session.scalar(select(func.count()).select_from(Photo)) == 10


def test_of_many_corrections_one_letter_is_written_until_somebody_looks(session: Session) -> None:
    at(session, FIRST)
    told = jobs(session, "notify_body")
    for minute in range(3):
        at(session, PLACES[minute], minutes=minute)
    assert (jobs(session, "notify_body"), len(corrections(session))) == (told + 1, 3)
    body_id = hazard(session).body_id
    dispatcher = make_account(session, Role.DISPATCHER, body_id=body_id)
    be_present(session, hazard_id=hazard(session).id, by=dispatcher.actor, now=LATER + timedelta(minutes=4))
    at(session, PLACES[3], minutes=5)
    assert jobs(session, "notify_body") == told + 2
    at(session, PLACES[4], minutes=66)
    assert jobs(session, "notify_body") == told + 3


def test_in_a_flood_the_same_is_answered_and_nothing_new_is_kept(session: Session) -> None:
    made = send(session, FIRST)
    again = report_hazard(session, submission=FIRST, policy=POLICY, now=LATER, flood=True)
    assert again == replace(made, created=False)
    for change in (BOY, PLACES[0]):
        with pytest.raises(TooMany):
            report_hazard(session, submission=change, policy=POLICY, now=LATER, flood=True)
    assert (len(said(session)), lines(session)) == (1, [])
