"""What a crew's device sends by script: done once, told what changed, refused in words, and of one account alone."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import Event, Photo
from tests.jobs.kit import NOW, assigned
from tests.web.crew_kit import HERE, World, photo64, world
from tests.web.pages import make_account, sign_in, token

__all__ = ["world"]


def test_by_script_an_act_is_done_once_and_answers_with_the_new_version(world: World) -> None:
    fields = {"client_id": str(uuid4()), "measure": "grid", "photos": [photo64()], "version": str(world.ours.version)}
    first, again = (world.send("make_safe", **fields) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.json["version"], first.json["again"]) == (world.now().version, False)
    assert (again.json["version"], again.json["again"]) == (world.now().version, True)
    assert world.count("make_safe") == 1
    assert world.session.scalar(select(func.count()).select_from(Photo)) == 1


def test_when_it_was_done_is_shown_beside_when_it_arrived(world: World) -> None:
    hour_ago = {"done_at": "2020-01-01T10:00:00+00:00", "sent_at": "2020-01-01T11:05:00.250Z"}
    assigned(world.session, world.ours)
    world.session.commit()
    assert world.send("note", note="behind the bus stop", **hour_ago).status_code == 200
    shown = world.client.get(f"/en/staff/h/{show_reference(world.ours.reference)}").get_data(as_text=True)
    assert re.search(r"done [^<]*\d\d:\d\d, arrived [^<]*\d\d:\d\d", shown)
    assert world.client.get(f"/en/h/{show_reference(world.ours.reference)}").text.count("arrived") == 0


@pytest.mark.parametrize(
    ("done", "sent"),
    [
        ("yesterday", "today"),
        ("2020-01-01T10:00:00", "2020-01-01T11:00:00"),
        (None, "2020-01-01T11:00:00+00:00"),
        ("2020-01-01T11:00:00+00:00", "2020-01-01T10:00:00+00:00"),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_nonsense_about_when_it_was_done_is_no_reason_to_refuse_work(world: World, done: object, sent: object) -> None:
    assert world.send("note", note="x", done_at=done, sent_at=sent).status_code == 200
    world.session.rollback()
    assert not world.session.scalar(select(Event.data["done_at"].astext).where(Event.kind == "note"))


def test_a_stale_act_by_script_is_told_what_changed(world: World) -> None:
    seen = world.session.scalar(select(func.max(Event.id)).where(Event.hazard_id == world.ours.id))
    version = world.ours.version
    world.accept()
    answer = world.send("start", version=str(version), seen=str(seen))
    assert answer.status_code == 409
    assert [line["note"] for line in answer.json["news"]] == ["Take the pump with you"]
    assert answer.json["version"] == world.now().version
    assert world.count("start") == 0


def test_what_was_done_on_the_spot_is_not_stale_and_says_past_which_version_it_went(world: World) -> None:
    version = world.ours.version
    world.accept()
    for act, fields in (("note", {"note": "seen"}), ("make_safe", {"measure": "grid", "photos": [photo64()]})):
        before = world.now().version
        answer = world.send(act, version=str(version), **fields)
        assert (answer.status_code, answer.json["before"]) == (200, before)
        assert answer.json["version"] == world.now().version
    assert world.now().made_safe_measure == "grid"


def test_made_safe_is_stale_where_people_have_said_since_that_it_is_dangerous(world: World) -> None:
    version, place = world.ours.version, world.ours.id
    world.accept()
    row = {"hazard_id": place, "kind": "flagged", "at": NOW, "actor": "reporter", "status": "accepted", "public": True}
    world.session.add(Event(**row))
    world.session.commit()
    answer = world.send("make_safe", version=str(version), measure="grid", photos=[photo64()])
    assert (answer.status_code, answer.json["error"]) == (409, "stale_version")
    assert world.now().made_safe_at is None


def test_the_page_says_which_acts_stand_by_themselves(world: World) -> None:
    world.accept()
    alone = re.findall(r'(data-alone )?id="\w+" data-act="(\w+)"', world.page())
    assert {act for mark, act in alone if mark} == {"make_safe", "note"}
    assert {"start", "fix"} < {act for mark, act in alone if not mark}


def test_what_another_person_did_on_this_device_is_not_sent_as_mine(world: World) -> None:
    answer = world.send("note", note="x", by="0" * 16)
    assert (answer.status_code, answer.json["error"]) == (403, "other_person")
    assert world.count("note") == 0


def test_signed_out_the_script_is_told_so_in_json(world: World) -> None:
    key = world.key()
    world.client.post("/sign-out", data={"csrf_token": token(world.client, "/account")})
    body = {"by": key, "note": "x"}
    answer = world.client.post(f"{world.url()}/note", json=body, headers=HERE | {"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]) == (401, "http_401")


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_json_from_another_site_is_refused(world: World, headers: dict[str, str]) -> None:
    body = {"by": world.key(), "note": "x"}
    assert world.client.post(f"{world.url()}/note", json=body, headers=headers).status_code == 403
    assert world.count("note") == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"client_id": "nonsense", "note": "x"},
        {"measure": "tape", "photos": []},
        {"photos": ["not base 64!"], "note": "x"},
        {"photos": "x", "note": "x"},
        {"materials": "x" * 600, "note": "x"},
    ],
)
def test_nonsense_by_script_is_refused_in_words(world: World, fields: dict[str, object]) -> None:
    answer = world.send("make_safe" if "measure" in fields else "note", **fields)
    assert 400 <= answer.status_code < 500
    assert answer.json["message"]
    assert world.count("note") == 0


def test_who_lost_the_hazard_gets_the_words_back_and_sees_nothing_of_it(world: World) -> None:
    world.ours.body_id = world.theirs.body_id
    world.session.commit()
    answer = world.send("note", note="half written")
    assert (answer.status_code, answer.json["error"]) == (409, "gone")
    page = world.form("note", note="half written")
    assert page.status_code == 409
    assert "half written" in page.get_data(as_text=True)


def test_a_key_of_a_device_is_one_account_s(world: World) -> None:
    mine = world.key()
    make_account(world.session, Role.CREW, email="second@example.kz", body_id=world.me.body_id)
    world.client.post("/sign-out", data={"csrf_token": token(world.client, "/account")})
    sign_in(world.client, "second@example.kz")
    assert world.key() != mine
