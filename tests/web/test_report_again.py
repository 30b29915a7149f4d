"""One `client_id` sent twice through the door with something else in it: by the outbox, and where the desk has it."""

import base64
import re

import pytest
from sqlalchemy import text

from app.domain.permissions import Role
from tests.actions.town import Town
from tests.web.followup_kit import jpeg, put
from tests.web.pages import make_account, sign_in
from tests.web.test_report import HERE, good


@pytest.fixture
def town(client, database, session):
    Town(session)
    session.commit()


def rows(session, of="report", what="kind, text, someone_hurt"):
    session.rollback()
    return [tuple(row) for row in session.execute(text(f"SELECT {what} FROM {of} ORDER BY id"))]


def send(client, sent):
    return client.post("/report", json=sent, headers=HERE)


def test_a_report_changed_in_the_outbox_after_its_answer_was_lost_is_whole(client, town, session):
    picture = base64.b64encode(jpeg().read()).decode()
    sent = good(hazard_type="MANHOLE_DAMAGED", description="Люк ашық", photos=[picture])
    changed = sent | {"description": "Люк ашық. Бала түсіп кетті", "someone_hurt": True}
    first = send(client, sent)
    again = [send(client, changed) for _ in range(2)]
    assert [answer.status_code for answer in (first, *again)] == [201, 200, 200]
    assert all(answer.json == first.json for answer in again)
    assert rows(session) == [("new", "Люк ашық", False), ("addition", "Бала түсіп кетті", True)]
    assert rows(session, "hazard", "urgent") == [(True,)]
    assert len(rows(session, "photo", "id")) == 1  # the same bytes: the same picture
    shown = client.post("/receipt", data={"receipt": first.json["receipt"]}, headers=HERE)
    assert "Бала түсіп кетті" in shown.text


def test_of_what_the_desk_has_by_now_new_words_go_to_the_desk_and_a_repeat_is_answered(client, town, session):
    sent = good(description="Люк ашық")
    first = send(client, sent)
    put(session, held=True)
    assert (send(client, sent).status_code, send(client, sent).json) == (200, first.json)
    assert rows(session, "vault.held", "state") == []
    answer = send(client, sent | {"description": "Люк ашық, қараңызшы"})
    assert (answer.status_code, answer.json["held"]) == (201, True)
    assert (len(rows(session, "vault.held", "state")), len(rows(session))) == (1, 1)


def test_violence_in_the_changed_words_goes_to_the_desk_alone(client, town, session):
    sent = good(description="Люк ашық")
    send(client, sent)
    answer = send(client, sent | {"description": "Люк ашық. Отчим бьёт ребёнка и насилует"})
    assert answer.json["held"]
    assert rows(session) == [("new", "Люк ашық", False)]


def test_another_place_and_what_was_seen_are_read_by_the_body_and_not_by_the_public(client, town, session):
    sent = good(description="Люк ашық", lat="43.25", lon="76.85")
    first = send(client, sent).json
    moved = {"lat": "43.2401", "lon": "76.8503", "water": "yes"}
    assert send(client, sent | moved).status_code == 200
    session.rollback()
    make_account(session, Role.DISPATCHER, body_id=session.scalar(text("SELECT body_id FROM hazard")))
    assert "43.240100, 76.850300" not in client.get(first["hazard_url"]).text
    sign_in(client)
    page = client.get(f"/en/staff/h/{first['reference']}").text
    assert "43.240100, 76.850300" in page
    assert "A reporter has corrected the place, the kind or what was seen" in page
    assert re.search(r"[Ww]ater[^<:]*: [Yy]es", page)


def test_a_report_that_is_changed_on_and_on_is_refused_with_the_way_out(client, town, session):
    sent = good(description="Люк ашық")
    first = send(client, sent)
    answers = [send(client, sent | {"description": f"{number} люк", "lat": f"43.24{number}1"}) for number in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [409] * 3
    assert answers[-1].json["error"] == "no_more_changes"
    assert "түбіртегіңіздің бетінде" in answers[-1].json["message"]
    assert send(client, sent | {"description": "4 люк", "lat": "43.2441"}).json == first.json
    assert len(rows(session)) == 6
    letters = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notify_body'"
    assert session.scalar(text(letters)) == 2
