"""Talking on a hazard's page: notes, colleagues who are called, questions and their answers."""

from sqlalchemy import select, text

from app.domain.permissions import Role
from app.models import Event, Mention
from tests.web.pages import token
from tests.web.talk_kit import World, photo, world
from tests.web.test_report import HERE, good

__all__ = ["world"]


def test_a_fast_note_needs_no_newest_version_and_stays_inside(world: World) -> None:
    assert world.say("ішкі жазба").status_code == 303
    assert "ішкі жазба" in world.client.get(world.page).text
    event = world.session.scalars(select(Event).where(Event.kind == "note")).one()
    assert not event.public


def test_an_empty_note_comes_back_with_its_sentence(world: World) -> None:
    answer = world.say("  ")
    assert (answer.status_code, "Write the note." in answer.text) == (422, True)


def test_a_question_without_words_is_asked_for_by_its_name(world: World) -> None:
    answer = world.act("ask", note=" ")
    assert answer.status_code == 422
    assert "Write the question to the reporter." in answer.text
    assert "Write in a few words what was done." not in answer.text


def test_a_note_that_calls_a_stranger_is_kept_for_its_writer_and_not_written(world: World) -> None:
    world.as_one(Role.CREW, "roads")
    stranger = world.session.execute(text("SELECT id FROM account WHERE email LIKE 'crew.roads%'")).scalar_one()
    answer = world.say("Тексеріңіз", mention=str(stranger))
    assert (answer.status_code, "Тексеріңіз" in answer.text) == (422, True)
    assert world.session.scalars(select(Mention)).all() == []


def test_a_note_without_a_token_does_nothing_and_comes_back(world: World) -> None:
    answer = world.client.post(f"{world.page}/say", data={"note": "Терең"})
    assert (answer.status_code, "Терең" in answer.text) == (403, True)
    assert world.session.scalars(select(Event).where(Event.kind == "note")).all() == []


def test_colleagues_are_found_in_the_own_body_only_by_the_beginning_of_any_name(world: World) -> None:
    world.as_one(Role.CREW, "water", name="Бекзат Әлиев")
    world.as_one(Role.CREW, "roads", name="Бекзат Жолшы")
    for typed in ("бек", "алие", "Әли"):
        found = world.client.get("/staff/mentions/people", query_string={"q": typed}).json["people"]
        assert [each["name"] for each in found] == ["Бекзат Әлиев"]
    assert world.client.get("/staff/mentions/people?q=зат").json == {"people": []}


def test_who_was_called_finds_the_note_and_reads_it_by_opening_the_hazard(world: World) -> None:
    crew = world.as_one(Role.CREW, "water")
    called = world.session.execute(text("SELECT id FROM account WHERE email LIKE 'crew.water%'")).scalar_one()
    assert world.say("ішкі жазба", mention=str(called)).status_code == 303
    assert "Called: Бекзат" in world.client.get(world.page).text
    shown = crew.get("/en/staff/mentions").text
    assert ("ішкі жазба" in shown, "is-unread" in shown) == (True, True)
    crew.get(world.page)
    assert "is-unread" not in crew.get("/en/staff/mentions").text


def test_all_are_read_by_one_button(world: World) -> None:
    crew = world.as_one(Role.CREW, "water")
    called = world.session.execute(text("SELECT id FROM account WHERE email LIKE 'crew.water%'")).scalar_one()
    world.say("ішкі жазба", mention=str(called))
    crew.post("/staff/mentions/read", data={"csrf_token": token(crew, "/staff/mentions")})
    assert "is-unread" not in crew.get("/staff/mentions").text


def test_a_question_is_asked_by_the_form_and_answered_on_the_receipt(world: World) -> None:
    assert "sұрақ" not in world.receipt_page()
    assert world.act("ask", note="сұрақтың сөзі", stops_clock="y").status_code == 303
    assert "сұрақтың сөзі" in world.receipt_page()
    assert world.hazard.fix_paused_at is not None
    answer = world.answer("Дүкен жанында", photos=photo())
    assert (answer.status_code, "Дүкен жанында" in answer.text) == (200, True)
    assert world.hazard.answer_waits
    shown = world.client.get(world.page).text
    assert shown.count("Дүкен жанында") == 2  # among the words of people, and under the question
    assert (world.hazard.answer_waits, world.hazard.fix_paused_at) == (False, None)
    assert 'name="question"' not in world.receipt_page()


def test_an_answer_without_words_keeps_the_form_and_says_so(world: World) -> None:
    world.act("ask", note="сұрақтың сөзі")
    answer = world.answer("  ")
    assert (answer.status_code, 'name="question"' in answer.text, 'role="alert"' in answer.text) == (400, True, True)


def test_an_answer_that_points_to_violence_goes_to_the_desk_and_nowhere_else(world: World) -> None:
    world.act("ask", note="сұрақтың сөзі")
    answer = world.answer("отчим меня бьёт и насилует")
    assert (answer.status_code, "tel:111" in answer.text) == (201, True)
    assert world.session.scalar(text("SELECT count(*) FROM report WHERE kind = 'answer'")) == 0
    assert world.session.scalar(text("SELECT count(*) FROM vault.held")) == 1


def test_a_question_to_one_is_on_no_other_receipt(world: World) -> None:
    joined = good(description="Мен де көрдім", joins=world.reference)
    other = world.app.test_client().post("/report", json=joined, headers=HERE).json["receipt"]
    first = world.session.execute(text("SELECT min(id) FROM report")).scalar_one()
    world.act("ask", note="сұрақтың сөзі", asked=str(first))
    assert "сұрақтың сөзі" in world.receipt_page()
    assert "сұрақтың сөзі" not in world.receipt_page(other)
