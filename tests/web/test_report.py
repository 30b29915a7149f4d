"""The report door: bad input gets its sentence and never a 500; a good report its page; the same id one report."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA

NOW = datetime.now(UTC)
HERE = {"Origin": "http://localhost"}


@pytest.fixture
def types(database, session):
    load_reference_data(session, DATA)
    session.commit()


def good(**more):
    return {"client_id": str(uuid4()), "hazard_type": "MANHOLE_OPEN", "lat": "43.24", "lon": "76.91"} | more


def form(client, **more):
    page = client.get("/report").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    return client.post("/report", data=good(**more) | {"csrf_token": token}, headers=HERE)


BAD = [
    {"lat": "NaN"},
    {"lat": "76.91", "lon": "43.24"},
    {"lat": "181"},
    {"lat": "north"},
    {"lat": ""},
    {"hazard_type": "NO_SUCH"},
    {"hazard_type": "CHILD_IN_DANGER"},
    {"description": "я" * 100_000},
    {"client_id": "nonsense"},
]


@pytest.mark.parametrize("wrong", BAD)
def test_bad_form_says_what_and_keeps_what_was_typed(client, types, session, wrong):
    answer = form(client, **{"description": "Люк ашық", **wrong})
    assert 400 <= answer.status_code < 500
    assert 'class="error"' in answer.text or "notice-danger" in answer.text.split("data-report-error")[0]
    assert wrong.get("description", "Люк ашық")[:50] in answer.text
    assert session.scalar(text("SELECT count(*) FROM report")) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        *BAD,
        {"hazard_type": "\ud800"},
        {"hazard_type": 5},
        {"photos": "x"},
        {"photos": [1]},
        {"description": 5},
        {"client_id": 5},
    ],
)
def test_bad_json_says_what(client, types, wrong):
    answer = client.post("/report", json=good(**wrong), headers=HERE)
    assert 400 <= answer.status_code < 500
    assert answer.json["message"]


def test_all_that_is_wrong_is_named_at_its_field_by_form_and_json(client, types):
    wrong = {"hazard_type": "", "lat": "north", "lon": "", "description": "я" * 100_000}
    answer = client.post("/report", json=good(**wrong), headers=HERE)
    assert [each["field"] for each in answer.json["errors"]] == list(wrong)
    page = form(client, **wrong).text
    assert all(f'href="#{name}"' in page for name in wrong)
    far = client.post("/report", json=good(lon="7.9"), headers=HERE)
    assert (far.json["field"], len(far.json["errors"])) == ("lon", 1)


def test_deep_json_is_refused(client, types):
    answer = client.post("/report", data="[" * 100_000, content_type="application/json", headers=HERE)
    assert answer.status_code == 400


def test_form_answers_with_reference_and_receipt_and_the_receipt_opens_it(client, types):
    answer = form(client, description="Люк ашық")
    assert answer.status_code == 201
    receipt = re.search(r'data-receipt="([0-9A-Z-]+)"', answer.text)[1]
    shown = client.post("/receipt", data={"receipt": receipt}, headers=HERE)
    assert shown.status_code == 200
    assert "Люк ашық" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]


def test_without_script_the_receipt_is_kept_in_every_language_and_each_question_is_asked(client, types):
    page = client.get("/en/report").text
    questions = page.split("data-questions", 1)[1].split("</fieldset>", 1)[0]
    assert (page.split("data-questions", 1)[1][0], "hidden>" in questions) == (">", False)
    sent = form(client).text
    receipt = re.search(r'data-receipt="([^"]+)"', sent)[1]
    assert ('href="/ru/report"' in sent.split("<body", 1)[1], 'action="/ru/receipt"' in sent) == (False, True)
    assert receipt in client.post("/ru/receipt", data={"receipt": receipt}, headers=HERE).text


def test_json_sets_no_cookie_and_a_repeat_is_the_same_report(app, types, session):
    client = app.test_client()
    sent = good()
    first = client.post("/report", json=sent, headers=HERE)
    again = client.post("/report", json=sent, headers=HERE)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert "Set-Cookie" not in first.headers
    assert session.scalar(text("SELECT count(*) FROM hazard")) == 1


@pytest.mark.parametrize(("lat", "lon", "fields"), [("", "", ["lat"]), ("x", "", ["lat", "lon"]), ("43", "x", ["lon"])])
def test_a_pin_that_was_never_put_is_one_thing_that_is_missing(client, types, lat, lon, fields):
    answer = client.post("/report", json=good(lat=lat, lon=lon), headers=HERE)
    assert [error["field"] for error in answer.json["errors"]] == fields


def test_without_script_nobody_is_told_to_touch_a_map_that_is_not_there(client, types):
    page = client.get("/en/report").text
    assert "touch the map" not in re.sub(r'data-words="[^"]*"', "", page)
    assert "If the pin is wrong" in client.get("/en/report?place=43.2401,76.9003").text
