"""After sending: more words and photos, and an address that is forgotten. No secret, nothing."""

import io
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.domain.ladder import Ladder
from app.domain.references import receipt_for
from tests.web.followup_kit import fixed, jpeg, kinds, put, say, sent, state
from tests.web.test_report import HERE, good

__all__ = ["sent"]
ACTS = ("note", "photo", "safe", "not-safe", "withdraw-report")


@pytest.mark.parametrize("act", ACTS)
def test_without_a_good_receipt_nothing_happens(client, sent, session, settings, act):
    before = state(session)
    unknown = receipt_for(uuid4(), b"another key")
    for code in ("", "x", unknown):
        answer = say(client, code, act, words="x")
        assert (answer.status_code, 'class="error"' in answer.text) == (404, True)
    assert (state(session), kinds(session)) == (before, ["new"])


def test_words_and_photos_are_added_once_and_wait_for_a_moderator(client, sent, session):
    fields = {"client_id": str(uuid4()), "words": "Енді су бар"}
    for _ in range(2):
        answer = say(client, sent[0], "note", **fields, photos=(jpeg(), "a.jpg"))
        assert (answer.status_code, "Енді су бар" in answer.text) == (200, True)
    assert kinds(session) == ["new", "addition"]
    assert session.execute(text("SELECT moderation FROM report ORDER BY id DESC LIMIT 1")).scalar() == "pending"
    assert session.scalar(text("SELECT count(*) FROM photo WHERE moderation = 'pending'")) == 1
    assert "Енді су бар" not in client.get(f"/h/{sent[1]}").text


def test_nothing_said_and_a_bad_photo_are_refused_with_what_was_typed(client, sent, session):
    assert say(client, sent[0], "note", words="  ").status_code == 400
    answer = say(client, sent[0], "note", words="Терең", photos=(io.BytesIO(b"x"), "a.jpg"))
    assert (answer.status_code, "Терең" in answer.text) == (400, True)
    assert say(client, sent[0], "note", words="я" * 5000).status_code == 400
    assert kinds(session) == ["new"]


def test_what_points_to_violence_goes_to_the_desk_and_nowhere_else(client, sent, session):
    answer = say(client, sent[0], "note", words="отчим меня бьёт и насилует", photos=(jpeg(), "a.jpg"))
    assert (answer.status_code, "tel:111" in answer.text) == (201, True)
    assert kinds(session) == ["new"]
    assert session.scalar(text("SELECT count(*) FROM vault.held")) == 1
    assert session.scalar(text("SELECT count(*) FROM photo")) == 0


@pytest.mark.parametrize("act", ["note", "not-safe", "withdraw-report"])
def test_the_code_of_a_later_word_is_no_second_receipt(client, sent, session, act):
    word = str(uuid4())
    assert say(client, sent[0], "note", client_id=word, words="Тағы").status_code == 200
    code = client.post("/report", json=good(client_id=word), headers=HERE).json["receipt"]
    fixed(session)
    assert say(client, code, act, words="x").status_code == 404
    assert state(session) == ("fixed", False, 1, 0)


def test_an_address_is_forgotten_by_the_receipt_and_the_report_stays(client, sent, session):
    sent_to = {"receipt": sent[0], "channel": "email", "email": "a@example.kz"}
    assert client.post("/follow", data=sent_to, headers=HERE).status_code < 400
    assert "/receipt/withdraw-contact" in client.post("/receipt", data={"receipt": sent[0]}, headers=HERE).text
    assert say(client, sent[0], "withdraw-contact").status_code == 200
    assert session.scalar(text("SELECT count(*) FROM follow")) == 0
    assert kinds(session) == ["new"]


def vault(session):
    session.rollback()
    return session.scalar(text("SELECT count(*) FROM vault.held"))


def test_more_words_to_what_the_desk_has_from_the_start_go_to_the_desk(client, sent, session):
    cry = good(description="Мой отчим бьёт меня каждый день, помогите")
    receipt = client.post("/report", json=cry, headers=HERE).json["receipt"]
    answer = say(client, receipt, "note", words="Я дома")
    assert (answer.status_code, vault(session), kinds(session)) == (201, 2, ["new"])


@pytest.mark.parametrize("more", ["", "Очень страшно. " * 400])
def test_neither_length_nor_a_flood_keeps_a_cry_from_the_desk(app, client, sent, session, more):
    app.extensions["qauip_settings"] = replace(app.extensions["qauip_settings"], ladder=Ladder(0, 1))
    assert [say(client, sent[0], "note", words="x").status_code for _ in range(2)] == [200, 429]
    answer = say(client, sent[0], "note", words=f"Мой отчим бьёт меня каждый день, помогите. {more}")
    assert (answer.status_code, vault(session)) == (201, 1)


def test_a_browser_without_cookies_can_say_all_of_it(app, sent, session):
    bare, same = app.test_client(use_cookies=False), {"Sec-Fetch-Site": "same-origin"}
    own = {"receipt": sent[0], "words": "Әлі ашық"}
    fixed(session)
    assert bare.post(f"/h/{sent[1]}/flag", headers=same).status_code == 200
    assert state(session)[3] == 1
    for act in ("not-safe", "note", "withdraw-contact", "withdraw-report"):
        assert bare.post(f"/receipt/{act}", data=own, headers=same).status_code == 200, act
    follow = {"reference": sent[1], "email": "a@qauip.example", "channel": "email"}
    put(session, moderation="cleared")
    assert bare.post("/follow", data=follow, headers=same).status_code == 200
    assert bare.post("/report", data=good(not_these="1"), headers=same).status_code == 201


def test_whoever_has_the_address_erased_is_told(client, sent, session):
    put(session, moderation="cleared")
    client.post("/follow", data={"receipt": sent[0], "email": "a@qauip.example", "channel": "email"})
    assert "Your address is erased" not in client.post("/en/receipt", data={"receipt": sent[0]}).text
    said = client.post("/en/receipt/withdraw-contact", data={"receipt": sent[0]}).text
    assert 'role="status"' in said
    assert "Your address is erased" in said
