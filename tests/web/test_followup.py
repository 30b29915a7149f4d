"""After sending: more words, "is it safe now?", taking a report back; and a neighbour's flag. No secret, nothing."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import text

from app.actions.history import append_event
from app.domain.hazard import Status
from app.domain.ladder import Ladder
from app.domain.permissions import SYSTEM, Role
from app.domain.references import receipt_for
from tests.actions.town import Town
from tests.web.pages import make_account, sign_in, token
from tests.web.test_report import HERE, good

ACTS = ("note", "photo", "safe", "not-safe", "withdraw-report")


@pytest.fixture
def sent(client, database, session):
    """Receipt and reference of a report whose hazard a body has."""
    Town(session)
    session.commit()
    answer = client.post("/report", json=good(description="Люк ашық"), headers=HERE).json
    return answer["receipt"], answer["reference"]


def say(client, receipt, act, **fields):
    values = {"receipt": receipt, "client_id": str(uuid4())} | fields
    return client.post(f"/receipt/{act}", data=values, headers=HERE)


def put(session, **values):
    session.rollback()
    session.execute(text("UPDATE hazard SET " + ", ".join(f"{name} = :{name}" for name in values)), values)
    session.commit()


def fixed(session):
    put(session, status="fixed", closed_at="2026-11-24T10:00:00Z")


def state(session):
    session.rollback()
    return tuple(session.execute(text("SELECT status, disputed, reports, flags FROM hazard")).one())


def kinds(session):
    session.rollback()
    return list(session.scalars(text("SELECT kind FROM report ORDER BY id")))


def jpeg():
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    made.seek(0)
    return made


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


def test_only_when_the_body_says_so_is_asked_whether_it_is_safe(client, sent, session):
    shown = client.post("/receipt", data={"receipt": sent[0]}, headers=HERE).text
    assert ("/receipt/safe" in shown, say(client, sent[0], "safe").status_code) == (False, 409)
    fixed(session)
    assert "/receipt/safe" in client.post("/receipt", data={"receipt": sent[0]}, headers=HERE).text
    assert [say(client, sent[0], "safe").status_code for _ in range(2)] == [200, 200]
    assert kinds(session) == ["new", "safe_now"]
    assert state(session)[0] == "fixed"


def test_a_linked_reporters_dispute_opens_it_again_once_and_the_clocks_run_on(client, sent, session):
    due = session.execute(text("SELECT make_safe_due, fix_due FROM hazard")).one()
    fixed(session)
    fields = {"client_id": str(uuid4()), "words": "Қақпақ жоқ", "photos": (jpeg(), "a.jpg")}
    assert say(client, sent[0], "not-safe", **fields).status_code == 200
    assert state(session) == ("assigned", True, 1, 0)
    fixed(session)
    assert say(client, sent[0], "not-safe", client_id=fields["client_id"]).status_code == 200
    assert state(session)[0] == "fixed"
    assert session.execute(text("SELECT make_safe_due, fix_due FROM hazard")).one() == due
    assert kinds(session) == ["new", "still_dangerous"]
    told = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notify_body'")
    assert session.scalar(told) == 2


def test_the_fourth_dispute_of_one_reporter_is_kept_and_opens_nothing(client, sent, session):
    for _ in range(4):
        fixed(session)
        assert say(client, sent[0], "not-safe").status_code == 200
    assert state(session)[:2] == ("fixed", True)
    assert kinds(session).count("still_dangerous") == 4


def test_a_report_taken_back_loses_words_and_photos_and_closes_what_nobody_else_knows(client, sent, session):
    say(client, sent[0], "photo", photos=(jpeg(), "a.jpg"))
    answer = say(client, sent[0], "withdraw-report")
    assert say(client, sent[0], "withdraw-report").status_code == 200
    assert (answer.status_code, "Люк ашық" in answer.text) == (200, False)
    assert "#b-check" not in answer.text  # nobody has fixed it
    assert session.scalar(text("SELECT data FROM event ORDER BY id DESC LIMIT 1")).get("reason_code") is None
    assert state(session) == ("rejected", False, 0, 0)
    assert session.scalar(text("SELECT string_agg(text, '') FROM report")) == ""
    assert session.scalar(text("SELECT count(*) FROM photo")) == 0
    assert say(client, sent[0], "note", words="x").status_code == 409
    assert session.scalar(text("SELECT count(*) FROM event WHERE kind = 'closed_by_reporter'")) == 1


def test_what_is_taken_back_is_called_rejected_nowhere(client, sent, session):
    put(session, moderation="cleared")
    receipt = say(client, sent[0], "withdraw-report").text
    page = client.get(f"/en/h/{sent[1]}").text
    listed = client.get("/en/?status=closed").text
    make_account(session, Role.COORDINATOR)
    sign_in(client)
    staff = [client.get(path).text for path in (f"/en/staff/h/{sent[1]}", "/en/staff/?state=closed")]
    assert "Хабарлаушы қайтарып алды" in receipt
    for shown in (page, listed, *staff):
        assert "Taken back by its reporter" in shown
    assert not [shown for shown in (page, listed, staff[0]) if ">Rejected" in shown or "Rejected<" in shown]


def test_what_a_moderator_rejected_stays_so_after_its_report_is_taken_back(client, sent, session):
    when = datetime.now(UTC)
    reason = {"rejection_reason": "abuse", "rejection_by": make_account(session).id}
    put(session, status="rejected", closed_at=when, **reason)
    said = {"kind": "confirm_rejection", "status": Status.REJECTED, "at": when, "public": True}
    append_event(session, hazard_id=session.scalar(text("SELECT id FROM hazard")), by=SYSTEM, **said)
    session.commit()
    say(client, sent[0], "withdraw-report")
    page = client.get(f"/en/h/{sent[1]}").text
    assert "Rejected<" in page
    assert "Taken back by its reporter" not in page


@pytest.mark.parametrize("case", ["joined", "accepted", "urgent", "flagged", "opened again"])
def test_the_hazard_stays_where_others_know_of_it_or_work_has_begun(client, sent, session, case):
    if case == "joined":
        client.post("/report", json=good(joins=sent[1]), headers=HERE)
    elif case == "opened again":
        number, body, at = session.execute(text("SELECT id, body_id, received_at FROM hazard")).one()
        kept = {"hazard_id": number, "body_id": body, "at": at, "public": True}
        append_event(session, kind="fix", by=SYSTEM, status=Status.FIXED, **kept)
        session.commit()
        fixed(session)
        assert say(client, sent[0], "not-safe").status_code == 200
    else:
        put(session, **{"accepted": {"status": "accepted"}, "urgent": {"urgent": True}, "flagged": {"flags": 1}}[case])
    before = state(session)[0]
    say(client, sent[0], "withdraw-report")
    assert state(session)[0] == before


def test_whoever_joins_and_takes_it_back_wipes_no_words_of_others(client, sent, session):
    put(session, moderation="cleared", public_text="Люк ашық")
    session.execute(text("UPDATE report SET moderation = 'cleared'"))
    session.commit()
    joined = client.post("/report", json=good(joins=sent[1], description=""), headers=HERE).json["receipt"]
    assert say(client, joined, "withdraw-report").status_code == 200
    assert session.scalar(text("SELECT public_text FROM hazard")) == "Люк ашық"


def test_words_taken_back_leave_the_public_text_and_those_of_others_wait_again(client, sent, session):
    joined = client.post("/report", json=good(joins=sent[1], description="Мен де"), headers=HERE).json["receipt"]
    put(session, moderation="cleared", public_text="Люк ашық. Мен де")
    session.execute(text("UPDATE report SET moderation = 'cleared'"))
    session.commit()
    assert say(client, joined, "withdraw-report").status_code == 200
    session.rollback()
    assert session.scalar(text("SELECT public_text FROM hazard")) is None
    rows = session.execute(text("SELECT text, moderation FROM report ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("Люк ашық", "pending"), ("", "refused")]


@pytest.mark.parametrize("act", ["note", "not-safe", "withdraw-report"])
def test_the_code_of_a_later_word_is_no_second_receipt(client, sent, session, act):
    word = str(uuid4())
    assert say(client, sent[0], "note", client_id=word, words="Тағы").status_code == 200
    code = client.post("/report", json=good(client_id=word), headers=HERE).json["receipt"]
    fixed(session)
    assert say(client, code, act, words="x").status_code == 404
    assert state(session) == ("fixed", False, 1, 0)


def test_whoever_disputes_on_and_on_is_kept_but_the_body_is_told_once(client, sent, session):
    for _ in range(6):
        if state(session)[0] != "fixed":
            fixed(session)
        assert say(client, sent[0], "not-safe").status_code == 200
    assert kinds(session).count("still_dangerous") == 6
    told = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notify_body'")
    assert session.scalar(told) == 1 + 3


def flag(client, reference, **more):
    page = client.get(f"/h/{reference}/flag")
    assert page.status_code == 200
    return client.post(f"/h/{reference}/flag", data={"csrf_token": token(client, f"/h/{reference}/flag")}, headers=HERE)


def test_a_neighbours_flag_marks_and_tells_once_and_an_act_clears_it(client, sent, session):
    page = client.get(f"/ru/h/{sent[1]}/flag").text
    assert ("Никто не говорит" in page, 'name="csrf_token"' in page) == (True, False)
    assert client.post(f"/h/{sent[1]}/flag", json={}, headers=HERE).status_code == 409
    csrf = token(client, "/report")
    answer = client.post(f"/ru/h/{sent[1]}/flag", data={"csrf_token": csrf}, headers=HERE)
    assert (answer.status_code, "Никто не говорит" in answer.text) == (409, True)
    fixed(session)
    assert f"/h/{sent[1]}/flag" in client.get(f"/h/{sent[1]}").text
    assert flag(client, sent[1]).status_code == 200
    assert client.post(f"/h/{sent[1]}/flag", json={}, headers=HERE).json["flagged"] is True
    assert state(session) == ("fixed", True, 1, 2)
    assert session.scalar(text("SELECT count(*) FROM event WHERE kind = 'flagged'")) == 1
    page = client.get(f"/ru/h/{sent[1]}").text
    assert "Люди говорят" in page


def test_a_hazard_that_is_not_public_cannot_be_flagged(client, sent, session):
    fixed(session)
    put(session, review_first=True)
    for reference in (sent[1], "K7M4-2QXT", "x"):
        assert client.post(f"/h/{reference}/flag", json={}, headers=HERE).status_code == 404
    assert state(session)[3] == 0
    assert client.post(f"/h/{sent[1]}/flag", data={}, headers=HERE).status_code in {403, 404}


def test_the_hazards_page_sets_no_cookie(app, sent, session):
    fixed(session)
    answer = app.test_client().get(f"/h/{sent[1]}")
    assert "Set-Cookie" not in answer.headers
    assert re.search(r'href="[^"]*/flag"', answer.text)


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


def test_nobody_else_s_page_flags_and_the_refusal_speaks_of_no_photos(app, sent, session):
    fixed(session)
    bare = app.test_client(use_cookies=False)
    assert bare.post(f"/h/{sent[1]}/flag", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    refused = bare.post(f"/en/h/{sent[1]}/flag")
    assert (refused.status_code, "open for too long" in refused.text, "Photos" in refused.text) == (403, True, False)
    assert state(session)[3] == 0


def test_one_bad_photo_of_a_dispute_leaves_the_good_one_and_is_named_at_its_form(client, sent, session):
    fixed(session)
    photos = [(jpeg(), "good.jpg"), (io.BytesIO(b"x"), "bad.jpg")]
    answer = client.post("/en/receipt/not-safe", data={"receipt": sent[0], "words": "Open", "photos": photos})
    form = answer.text.split('action="/en/receipt/not-safe"')[1].split("</form>")[0]
    assert answer.status_code == 400
    assert "bad.jpg is not a photo that can be read" in form
    assert "autofocus" in form
    assert "1 photo is kept" in form
    assert answer.text.count("bad.jpg") == 1, "said once, where it is to be mended"
    kept = re.findall(r'name="kept" value="([^"]+)"', form)
    again = client.post("/receipt/not-safe", data={"receipt": sent[0], "words": "Open", "kept": kept})
    assert (again.status_code, state(session)[:2]) == (200, ("assigned", True))
    assert session.scalar(text("SELECT count(*) FROM photo")) == 1


def test_a_refusal_whose_form_is_gone_stands_above(client, sent, session):
    answer = say(client, sent[0], "not-safe", words="x")
    assert (answer.status_code, answer.text.count('role="alert"')) == (409, 1)


def test_whoever_has_the_address_erased_is_told(client, sent, session):
    put(session, moderation="cleared")
    client.post("/follow", data={"receipt": sent[0], "email": "a@qauip.example", "channel": "email"})
    assert "Your address is erased" not in client.post("/en/receipt", data={"receipt": sent[0]}).text
    said = client.post("/en/receipt/withdraw-contact", data={"receipt": sent[0]}).text
    assert 'role="status"' in said
    assert "Your address is erased" in said
