"""No typing is lost: not to a form that was open too long, nor to a session that has ended, nor to a colleague."""

import html
import json
import re
from types import SimpleNamespace
from uuid import uuid4

import itsdangerous.timed
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Hazard
from app.web.cookies import FORM_LASTS
from tests.jobs.kit import add_body, add_hazard, add_types, assigned
from tests.web.pages import make_account, sign_in, token

WORDS = "The cover is cracked, <b>deep</b> water below"
SHOWN = "The cover is cracked, &lt;b&gt;deep&lt;/b&gt; water below"
KEPT = "What you typed is still here"
TWO_HOURS = int(FORM_LASTS.total_seconds())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time that signed cookies know, in seconds; move it by `at`."""
    moved = SimpleNamespace(at=1_000_000)
    monkeypatch.setattr(itsdangerous.timed, "time", SimpleNamespace(time=lambda: moved.at))
    return moved


@pytest.fixture
def mine(session: Session, client: FlaskClient) -> Hazard:
    """A hazard of the body whose dispatcher is signed in; the dispatcher also logs what is reported by phone."""
    add_types(session)
    hazard = add_hazard(session, body_id=add_body(session))
    assigned(session, hazard)
    session.commit()
    make_account(session, Role.DISPATCHER, Role.OPERATOR, body_id=hazard.body_id)
    sign_in(client)
    return hazard


def report(key: str) -> dict[str, str]:
    return {"csrf_token": key, "client_id": str(uuid4()), "hazard_type": "MANHOLE_OPEN", "lat": "43.24", "lon": "76.91",
            "description": WORDS}  # fmt: skip


def act(client: FlaskClient, hazard: Hazard, *, key: str = "old"):
    form = {"csrf_token": key, "version": str(hazard.version), "seen": "0", "reason": WORDS}
    return client.post(f"/en/staff/h/{show_reference(hazard.reference)}/hold", data=form)


def key_in(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def test_a_form_opened_when_its_cookie_is_nearly_over_lasts_as_long_as_any(
    client: FlaskClient, session: Session, clock: SimpleNamespace
) -> None:
    add_types(session)
    session.commit()
    client.get("/en/report")
    clock.at += TWO_HOURS - 10
    key = token(client, "/en/report")
    clock.at += TWO_HOURS - 10
    assert client.post("/en/report", data=report(key)).status_code == 201


def test_a_report_form_that_was_open_too_long_is_shown_again_and_can_be_sent(
    client: FlaskClient, session: Session, clock: SimpleNamespace
) -> None:
    add_types(session)
    session.commit()
    key = token(client, "/en/report")
    clock.at += TWO_HOURS + 1
    sent = report(key)
    answer = client.post("/en/report", data=sent)
    assert answer.status_code == 403
    assert all(part in answer.text for part in (KEPT, SHOWN, 'value="43.24"', sent["client_id"]))
    assert re.search(r'value="MANHOLE_OPEN"[^>]* checked', answer.text)
    again = client.post("/en/report", data=sent | {"csrf_token": key_in(answer.text)})
    assert again.status_code == 201


@pytest.mark.parametrize("vouches", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_a_report_form_needs_neither_cookie_nor_token_where_the_browser_vouches_for_it(
    client: FlaskClient, session: Session, vouches: dict[str, str]
) -> None:
    add_types(session)
    session.commit()
    assert client.post("/en/report", data=report("old"), headers=vouches).status_code == 201
    accused = vouches | {"Origin": "https://evil.example"}
    assert client.post("/en/report", data=report("old"), headers=accused).status_code == 403


@pytest.mark.parametrize("page", ["/en/staff/new", "/en/desk/"])
def test_a_log_that_was_open_too_long_is_shown_again_and_can_be_sent(
    client: FlaskClient, mine: Hazard, page: str
) -> None:
    sent = report(token(client, page))
    client.delete_cookie("qauip_form")
    answer = client.post(page, data=sent)
    assert answer.status_code == 403
    assert all(part in answer.text for part in (KEPT, SHOWN, 'value="43.24"'))
    assert client.post(page, data=sent | {"csrf_token": key_in(answer.text)}).status_code in {200, 303}


def test_an_act_without_its_token_changes_nothing_and_is_shown_again(
    client: FlaskClient, mine: Hazard, session: Session
) -> None:
    answer = act(client, mine)
    assert answer.status_code == 403
    assert all(part in answer.text for part in (KEPT, SHOWN, 'id="hold" open'))
    session.expire_all()
    assert session.get_one(Hazard, mine.id).status == "assigned"


def test_who_was_signed_out_meanwhile_gets_the_words_back_and_no_hazard(client: FlaskClient, mine: Hazard) -> None:
    client.delete_cookie("qauip_session")
    answer = act(client, mine)
    assert answer.status_code == 401
    assert SHOWN in answer.text
    sent = {"planned_for": "2026-12-24", "measure": "full_fence"}
    kept = client.post(f"/en/staff/h/{mine.reference}/plan", data=sent, headers={"Origin": "http://localhost"}).text
    assert "Day of the work: 2026-12-24" in kept
    assert "What makes it safe now: " in kept
    assert "Open manhole" not in answer.text
    page = f"/en/staff/h/{show_reference(mine.reference)}"
    assert f'href="/en/sign-in?next={page}"' in answer.text  # the first button leads back to the form
    box = re.search(r'data-typed-kept="([^"]+)"', answer.text)
    assert box is not None
    back = json.loads(html.unescape(box[1]))
    assert back["page"] == page
    assert back["form"] == f"{page}/hold"
    assert [words for _name, words in back["fields"]] == [WORDS]


def test_no_page_from_elsewhere_makes_us_show_its_words(client: FlaskClient, mine: Hazard) -> None:
    answer = client.post("/en/report", data=report("x"), headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert SHOWN not in answer.text
    assert "readonly" not in answer.text


def test_a_form_that_is_not_shown_again_gives_its_words_back(client: FlaskClient, mine: Hazard) -> None:
    answer = client.post("/en/account/password", data={"current": "secret", "new": "secret", "note": WORDS})
    assert answer.status_code == 403
    assert SHOWN in answer.text
    assert "secret" not in answer.text


def test_a_sign_in_form_that_was_open_too_long_keeps_the_address_and_not_the_password(client: FlaskClient) -> None:
    answer = client.post("/en/sign-in", data={"email": "a@city.kz", "password": WORDS, "csrf_token": "old"})
    assert answer.status_code == 403
    assert 'value="a@city.kz"' in answer.text
    assert SHOWN not in answer.text


@pytest.mark.parametrize("key", ["good", "old"])
def test_a_hazard_passed_on_while_i_typed_gives_my_words_back_and_nothing_more(
    client: FlaskClient, mine: Hazard, session: Session, key: str
) -> None:
    good = token(client, "/account")
    hazard = session.get_one(Hazard, mine.id)
    hazard.body_id = add_body(session, email="new@x.example")
    session.commit()
    answer = act(client, mine, key=good if key == "good" else key)
    assert answer.status_code == 409
    assert "no longer with your organisation" in answer.text
    assert SHOWN in answer.text
    assert "Open manhole" not in answer.text


def test_a_hazard_that_never_was_mine_is_not_there(client: FlaskClient, mine: Hazard, session: Session) -> None:
    other = add_hazard(session, body_id=add_body(session))
    assigned(session, other)
    session.commit()
    for key in ("old", token(client, "/account")):
        assert act(client, other, key=key).status_code == 404


@pytest.mark.parametrize(
    ("asked", "page"),
    [("bulk", "/en/staff"), ("h/{}/hold", "/en/staff/h/{}"), ("moderation/text/{}", "/en/staff/moderation"),
     ("body/shifts/1/remove", "/en/staff/body/shifts")],
)  # fmt: skip
def test_another_language_on_the_answer_to_a_form_leads_to_the_page_above_it(
    client: FlaskClient, mine: Hazard, asked: str, page: str
) -> None:
    number = show_reference(mine.reference)
    answer = client.get("/en/staff/" + asked.format(number))
    assert (answer.status_code, answer.location) == (303, page.format(number))
    assert client.get("/en/staff/bulk", headers={"Accept": "application/json"}).status_code == 405
