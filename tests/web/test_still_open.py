"""After a fix: a reporter who says it is not safe opens it again, a neighbour's flag marks it."""

import io
import re
from uuid import uuid4

from sqlalchemy import text

from tests.web.followup_kit import fixed, jpeg, kinds, put, say, sent, state
from tests.web.pages import token
from tests.web.test_report import HERE

__all__ = ["sent"]


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
    assert session.scalar(text("SELECT count(*) FROM event WHERE kind = 'flagged' AND public")) == 1
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
