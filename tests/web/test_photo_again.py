"""After an error nobody chooses photos again, and a photo that knows its place puts the pin."""

import base64
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.models import Hazard, Photo
from app.web.public import photos_sent
from tests.gateways import pictures
from tests.web.test_report import HERE, form, good

HELD = "Әкем мені ұрады"
KEPT = re.compile(r'name="kept" value="([^"]+)"')


@pytest.fixture(autouse=True)
def types(session):
    load_reference_data(session, DATA)
    session.commit()


def picture():
    return (io.BytesIO(pictures.dirty_jpeg()), "IMG_CANARY.jpg")


def test_photo_of_a_refused_form_is_kept_and_puts_the_pin(client, session):
    refused = form(client, lat="", lon="", photos=picture())
    assert refused.status_code == 400
    assert 'value="43.253333"' in refused.text
    assert 'value="76.934722"' in refused.text
    kept = KEPT.findall(refused.text)
    assert len(kept) == 1
    assert pictures.CANARY.decode() not in refused.text
    taken = form(client, lat="43.253333", lon="76.934722", kept=kept)
    assert taken.status_code == 201
    assert session.scalars(select(Photo.content_key)).all()
    assert session.scalars(select(Hazard)).one().label.y == pytest.approx(43.253333)


def test_one_unreadable_photo_does_not_take_the_others_with_it(client):
    refused = form(client, photos=[picture(), (io.BytesIO(b"GIF89a"), "a.gif")])
    assert refused.status_code == 400
    assert len(KEPT.findall(refused.text)) == 1
    assert "a.gif" in refused.text  # which of them it is, and none of the good ones
    assert "IMG_CANARY" not in refused.text


def test_photos_of_a_form_that_was_open_too_long_are_kept(client, session):
    expired = client.post("/report", data=good(photos=picture(), csrf_token="old"))  # no header vouches
    kept = KEPT.findall(expired.text)
    assert (expired.status_code, len(kept), session.scalars(select(Photo)).all()) == (403, 1, [])
    assert form(client, kept=kept).status_code == 201
    assert len(session.scalars(select(Photo)).all()) == 1


def test_beside_words_for_the_desk_no_photo_of_such_a_form_is_kept(client, monkeypatch):
    stored = []
    monkeypatch.setattr(photos_sent, "take_photos", stored.extend)
    expired = client.post("/report", data=good(photos=picture(), csrf_token="old", description=HELD))
    assert (expired.status_code, KEPT.findall(expired.text), stored) == (201, [], [])


def test_a_name_that_was_not_given_out_or_too_long_ago_keeps_nothing(client, session, monkeypatch):
    kept = KEPT.findall(form(client, lat="", lon="", photos=picture()).text)
    assert form(client, kept=["a" * 64, "x" + kept[0][1:]]).status_code == 201
    assert session.scalars(select(Photo)).all() == []
    monkeypatch.setattr("app.web.kept_photos.LASTS", timedelta(seconds=-1))
    assert form(client, kept=kept, not_these="1").status_code == 201
    assert session.scalars(select(Photo)).all() == []


def test_a_script_learns_which_photo_cannot_be_read_by_the_name_it_gave(client):
    sound = base64.b64encode(pictures.dirty_jpeg()).decode()
    broken = {"data": base64.b64encode(b"GIF89a").decode(), "name": "a.gif"}
    for photos in ([sound, broken], [broken], [{"data": "%%%", "name": "a.gif"}]):
        refused = client.post("/en/report", json=good(photos=photos), headers=HERE)
        assert (refused.status_code, refused.json["photo"]) == (400, "a.gif")
        assert "a.gif" in refused.json["errors"][0]["message"]
    assert "photo" not in client.post("/report", json=good(photos=["%%%"]), headers=HERE).json
    assert client.post("/report", json=good(photos=[{"data": sound, "name": "b.jpg"}]), headers=HERE).status_code == 201
