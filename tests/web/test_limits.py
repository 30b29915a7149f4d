"""The ladder: a class of pupils gets through, a flood waits and is then refused; machines are marked, never lost."""

import base64
import io
import re
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.domain.ladder import Ladder
from app.web import create_app, limits
from tests.gateways.pictures import dirty_jpeg, plain, saved
from tests.web.test_report import HERE, good, types
from tests.web.test_violence_is_held import pictures

__all__ = ["types"]


def send(client, **more):
    return client.post("/report", json=good(**more), headers=HERE)


def marked(session):
    session.rollback()
    row = session.execute(text("SELECT count(*), count(*) FILTER (WHERE review_first), count(body_id) FROM hazard"))
    return tuple(row.one())[:2]


def small(app, **steps):
    app.extensions["qauip_settings"] = replace(app.extensions["qauip_settings"], ladder=Ladder(**steps))


def test_thirty_pupils_behind_one_address_are_all_stored(client, types, session):
    assert [send(client).status_code for _ in range(30)] == [201] * 30
    assert marked(session) == (30, 20)


def test_a_flood_is_refused_with_the_telephone_and_a_repeat_gets_its_receipt(app, client, types, session):
    small(app, straight=1, most=2)
    sent = good()
    first = client.post("/report", json=sent, headers=HERE)
    send(client)
    refused = send(client)
    assert (refused.status_code, refused.json["error"], refused.json["call"]) == (429, "too_many", ["111", "112"])
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    again = client.post("/report", json=sent, headers=HERE)
    assert (again.status_code, again.json) == (200, first.json)
    assert marked(session) == (2, 1)


def test_the_page_of_a_refusal_keeps_what_was_typed(app, client, types):
    small(app, straight=0, most=0)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/ru/report").text)[1]
    page = client.post("/ru/report", data=good(description="Открыт люк") | {"csrf_token": token}, headers=HERE)
    assert (page.status_code, "Retry-After" in page.headers) == (429, True)
    assert all(part in page.text for part in ("Открыт люк", "tel:112", "tel:111"))


def test_an_emergency_goes_through_a_flood_up_to_a_limit_of_its_own(app, client, types, session):
    small(app, straight=0, most=1)
    assert [send(client).status_code for _ in range(2)] == [201, 429]
    assert send(client, someone_hurt=True).status_code == 201
    session.execute(text("UPDATE hazard_type SET emergency_mode = 'call_first'"))
    session.commit()
    assert [send(client).status_code for _ in range(2)] == [429, 429]
    session.execute(text("DELETE FROM intake_count"))
    session.commit()
    assert [send(client).status_code for _ in range(3)] == [201, 201, 429]
    assert marked(session) == (4, 4), "all of them wait for a moderator"


def _with_a_photo(client):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/en/report").text)[1]
    more = {"csrf_token": token, "photos": (io.BytesIO(dirty_jpeg()), "a.jpg")}
    return client.post("/en/report", data=good(not_these="1") | more, headers=HERE)


def test_a_flood_keeps_the_photos_of_a_form_as_long_as_it_may_and_then_says_so(app, client, types):
    small(app, straight=0, most=0)
    assert "Your photos were not kept" in _with_a_photo(client).text
    small(app, straight=0, most=2)
    send(client)
    kept = _with_a_photo(client)
    assert (kept.status_code, 'name="kept"' in kept.text, "not kept" in kept.text) == (429, True, False)
    lost = _with_a_photo(client)
    assert (lost.status_code, 'name="kept"' in lost.text, "not kept" in lost.text) == (429, False, True)


def test_forged_addresses_count_as_one_and_another_network_is_another(app, client, types):
    small(app, straight=0, most=1)
    forged = [
        client.post("/report", json=good(), headers=HERE | {"X-Forwarded-For": f"10.0.{n}.1"}).status_code
        for n in range(3)
    ]
    assert forged == [201, 429, 429]
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post("/report", json=good(), headers=HERE, environ_base=other).status_code == 201


def test_behind_one_proxy_the_last_hop_counts_and_not_what_the_client_says(settings, database, types):
    made = create_app(replace(settings, trusted_proxies=1, ladder=Ladder(0, 1)))
    client = made.test_client()
    hops = [f"6.6.{n}.6, 203.0.113.9" for n in range(2)]
    sent = [client.post("/report", json=good(), headers=HERE | {"X-Forwarded-For": hop}) for hop in hops]
    assert [answer.status_code for answer in sent] == [201, 429]
    made.extensions["qauip"].dispose()


@pytest.mark.parametrize("case", ["a wrong form", "a repeat"])
def test_past_the_ladder_no_picture_is_stored_for_a_form_that_is_wrong_or_known(
    app,
    client,
    types,
    settings,
    case,
):
    body = good()
    assert client.post("/report", json=body, headers=HERE).status_code == 201
    small(app, straight=0, most=0)
    wrong = {"hazard_type": "none of ours"} if case == "a wrong form" else {}
    before = pictures(settings)
    photo = base64.b64encode(dirty_jpeg()).decode()
    answer = client.post("/report", json=body | wrong | {"photos": [photo]}, headers=HERE)
    assert answer.status_code == (400 if wrong else 429)  # unlooked at it may be new: the phone sends it later
    assert pictures(settings) == before


def test_past_the_ladder_a_repeat_is_answered_and_what_is_new_in_it_waits_for_the_next_hour(
    app,
    client,
    types,
    session,
    settings,
):
    old, new = (base64.b64encode(saved(plain(size), "JPEG")).decode() for size in ((64, 48), (80, 60)))
    body = good(description="Люк открыт", photos=[old])
    first = client.post("/report", json=body, headers=HERE)
    small(app, straight=0, most=2)
    assert [send(client).status_code for _ in range(2)] == [201, 429]
    before = pictures(settings)
    changes = ({"description": "Люк открыт, дети"}, {"photos": [old, new]}, {"lat": "43.2401"})
    said = [client.post("/report", json=body | change, headers=HERE) for change in ({}, *changes[1:])]
    assert [answer.status_code for answer in said] == [200, 429, 429]
    assert said[0].json == first.json
    assert client.post("/report", json=body | changes[0] | {"photos": []}, headers=HERE).status_code == 429
    assert pictures(settings) == before
    session.rollback()
    assert session.scalar(text("SELECT count(*) FROM report WHERE client_id = :id"), {"id": body["client_id"]}) == 1
    assert session.scalar(text("SELECT count(*) FROM event WHERE kind IN ('addition', 'sent_anew')")) == 0
    small(app)
    assert client.post("/report", json=body | changes[0], headers=HERE).status_code == 200
    session.rollback()
    assert session.scalar(text("SELECT text FROM report WHERE kind = 'addition'")) == "дети"


@pytest.mark.parametrize("machine", [{"website": "http://spam"}, {"elapsed_ms": 100}])
def test_what_looks_like_a_machine_is_kept_and_waits(client, types, session, machine):
    assert send(client, **machine).status_code == 201
    assert marked(session) == (1, 1)
    assert send(client, elapsed_ms=3000, website="").status_code == 201
    assert marked(session) == (2, 1)


def test_above_the_brake_everybody_waits(app, client, types, session):
    small(app, straight=9, most=9, brake=0)
    send(client)
    assert marked(session) == (1, 1)


def test_a_limiter_in_trouble_holds_up_no_report_and_logs_no_address(client, types, session, monkeypatch, caplog):
    def broken(*_args, **_more):
        raise OperationalError("x", {}, Exception("127.0.0.1"))

    monkeypatch.setattr(limits, "count_one", broken)
    assert send(client).status_code == 201
    assert "trouble" in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_no_address_is_written_down(client, types, session):
    send(client)
    keys = session.scalars(text("SELECT encode(key, 'escape') FROM intake_count")).all()
    assert len(keys) == 2
    assert not any("127" in key for key in keys)
