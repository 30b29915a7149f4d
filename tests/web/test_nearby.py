""" "Is it this one?": what lies near, joined by its sender alone; without script the page asks, and keeps all."""

import base64
import io
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import text

from app.domain.ladder import Ladder
from tests.web.test_report import HERE, good, types

__all__ = ["types"]

NEAR = {"lat": "43.24005", "lon": "76.91"}


@pytest.fixture
def first(client, types):
    return client.post("/report", json=good(), headers=HERE).json["reference"].replace("-", "")


def asked(client, **more):
    """A report by script that may be asked about."""
    return client.post("/report", json=good(ask=True) | more, headers=HERE)


def counts(session):
    session.rollback()
    return tuple(session.execute(text("SELECT (SELECT count(*) FROM hazard), (SELECT count(*) FROM report)")).one())


def test_open_public_hazards_of_the_group_within_the_radius_are_asked_about_and_nothing_is_taken_in(
    client, first, session
):
    answer = asked(client, **NEAR)
    (item,) = answer.json["near"]
    assert (item["ref"], item["distance_m"], item["photo"], item["reports"]) == (first, 10, None, 1)
    assert (answer.status_code, answer.json["kept"], counts(session)) == (200, [], (1, 1))
    assert asked(client, lat="43.241").status_code == asked(client, hazard_type="POWER_LINE_HAZARD").status_code == 201
    session.execute(text("UPDATE hazard SET review_first = true"))
    session.commit()
    assert asked(client).status_code == 201


def test_who_was_asked_answers_under_the_same_id_and_uploads_no_photo_twice(client, first, session):
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
    sent = good(**NEAR, ask=True, photos=[base64.b64encode(picture.getvalue()).decode()])
    (kept,) = client.post("/report", json=sent, headers=HERE).json["kept"]
    answer = sent | {"photos": [], "kept": [kept], "not_these": "1"}
    made, again = (client.post("/report", json=answer, headers=HERE) for _ in range(2))
    assert (made.status_code, again.status_code, again.json) == (201, 200, made.json)
    assert counts(session) == (2, 2)
    assert session.scalar(text("SELECT count(*) FROM photo")) == 1


def test_an_outbox_is_never_asked_and_a_repeat_neither(client, first, session):
    sent = good(**NEAR)
    assert client.post("/report", json=sent, headers=HERE).status_code == 201
    assert client.post("/report", json=sent | {"ask": True}, headers=HERE).status_code == 200
    assert counts(session) == (2, 2)


def test_joining_adds_a_report_and_no_hazard(client, first, session):
    sent = good(**NEAR, joins=first, description="Мен де көрдім", someone_hurt=True)
    answer = client.post("/report", json=sent, headers=HERE)
    again = client.post("/report", json=sent, headers=HERE)
    assert (answer.status_code, again.status_code, again.json) == (201, 200, answer.json)
    assert answer.json["reference"].replace("-", "") == first
    assert counts(session) == (1, 2)
    assert session.execute(text("SELECT reports, urgent, version FROM hazard")).one() == (2, True, 1)
    assert session.scalar(text("SELECT count(*) FROM event WHERE kind = 'report_joined'")) == 1
    assert "Мен де көрдім" in client.post("/receipt", data={"receipt": answer.json["receipt"]}, headers=HERE).text


@pytest.mark.parametrize("wrong", [{"lat": "43.25"}, {"hazard_type": "POWER_LINE_HAZARD"}, {"joins": "K7M42QXT"}])
def test_only_what_is_near_open_and_of_the_group_is_joined(client, first, session, wrong):
    answer = client.post("/report", json=good(joins=first) | wrong, headers=HERE)
    assert (answer.status_code, answer.json["error"], answer.json["field"]) == (409, "cannot_join", "joins")
    assert counts(session) == (1, 1)


def form(client, page=None, **more):
    page = page or client.get("/report").text
    fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    fields |= dict(re.findall(r'<input[^>]*name="(csrf_token)"[^>]*value="([^"]+)"', page))
    return client.post("/report", data=fields | more, headers=HERE, content_type="multipart/form-data")


def test_without_script_the_page_asks_keeps_words_and_photos_and_then_joins(client, first, session):
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
    picture.seek(0)
    typed = good(**NEAR, description="Люк <b>ашық</b>")
    question = form(client, **typed, photos=(picture, "a.jpg"))
    assert (question.status_code, counts(session)) == (200, (1, 1))
    assert all(part in question.text for part in ('value="none"', f'value="{first}"', "Люк &lt;b&gt;ашық"))
    assert form(client, question.text, joins=first, description=typed["description"]).status_code == 201
    assert counts(session) == (1, 2)
    assert session.scalar(text("SELECT count(*) FROM photo WHERE report_id = (SELECT max(id) FROM report)")) == 1
    assert form(client, question.text, client_id=str(uuid4()), joins="none").status_code == 201
    assert counts(session) == (2, 3)


def test_a_report_that_was_asked_about_is_one_on_the_ladder(app, client, first, session):
    """A class of pupils without script must not use it up twice; a flood of questions alone is refused too."""
    app.extensions["qauip_settings"] = replace(app.extensions["qauip_settings"], ladder=Ladder(straight=2, most=2))
    question = form(client, **good(**NEAR))
    assert form(client, question.text, joins="none").status_code == 201
    assert form(client, **good(**NEAR)).status_code == 200
    assert form(client, **good(**NEAR)).status_code == 429
    assert counts(session) == (2, 2)
