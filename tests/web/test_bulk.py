"""One act on many: each row by its own rule, once for each form, and never on another body's hazard."""

import html
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.bulk import MAX_ROWS
from app.actions.purge import purge
from app.domain.permissions import Role
from app.domain.references import show_reference
from app.models import BulkRun, Crew, Event, Hazard
from app.web.context import now
from tests.jobs.kit import add_area, add_body, add_hazard, add_types, assigned
from tests.web.pages import make_account, sign_in, token


@dataclass
class World:
    session: Session
    client: FlaskClient
    ours: list[Hazard]
    theirs: Hazard
    body_id: int

    def send(self, *hazards: Hazard, **fields: object):
        form = {
            "csrf_token": token(self.client, "/account"),
            "ref": [f"{each.reference}:{each.version}" for each in hazards],
            **fields,
        }
        return self.client.post("/en/staff/bulk", data=form)

    def do(self, act: str, *hazards: Hazard, key: str = "k" * 32, **fields: object):
        return self.send(*hazards, act=act, do="1", key=key, **fields)

    def status(self, hazard: Hazard) -> str:
        self.session.rollback()
        return self.session.scalars(select(Hazard.status).where(Hazard.id == hazard.id)).one()

    def run(self) -> dict[str, str | None]:
        self.session.rollback()
        return {row["reference"]: row["code"] for row in self.session.scalars(select(BulkRun)).one().rows}


@pytest.fixture
def world(session: Session, client: FlaskClient) -> World:
    add_types(session)
    area, ours, theirs = add_area(session), add_body(session), add_body(session)
    hazards = [add_hazard(session, body_id=ours, area_id=area) for _ in range(4)]
    foreign = add_hazard(session, body_id=theirs, area_id=area)
    for each in (*hazards, foreign):
        assigned(session, each)
    session.commit()
    make_account(session, Role.DISPATCHER, body_id=ours)
    sign_in(client)
    return World(session, client, hazards, foreign, ours)


def test_the_first_step_tells_for_how_many_each_act_is_possible(world: World) -> None:
    world.do("accept", world.ours[0])
    world.session.expire_all()
    text = world.send(*world.session.scalars(select(Hazard).where(Hazard.body_id == world.body_id)).all()).text
    assert "4 hazards chosen" in text
    assert re.search(r'value="accept">.*?possible for 3 of 4', text, re.DOTALL)
    assert 'value="fix"' not in text


def test_each_row_is_done_or_refused_by_itself(world: World) -> None:
    world.do("accept", world.ours[0])
    answer = world.do("accept", *world.ours[1:], world.ours[0], world.theirs, key="z" * 32)
    assert answer.status_code == 303
    page = world.client.get(answer.location).text
    assert "Somebody else has changed this in the meantime" in page
    assert "There is no such hazard." in page
    world.session.rollback()
    run = world.session.get_one(BulkRun, "z" * 32)
    assert [row["code"] for row in run.rows] == [None, None, None, "stale_version", "hazard_not_found"]
    assert [world.status(each) for each in world.ours] == ["accepted"] * 4
    assert world.status(world.theirs) == "assigned"


def test_a_foreign_or_unknown_number_gives_the_very_same_answer(world: World) -> None:
    unknown = Hazard(reference="0" * 8, version=1)
    for each in (world.theirs, unknown):
        text = world.send(each, act="accept").text
        assert "There is no such hazard." in text
        assert "It will be done for 0 of 1 hazards" in text
        assert "Open manhole" not in text


def test_a_row_that_was_changed_since_is_not_overwritten_and_can_be_tried_again(world: World) -> None:
    chosen = world.ours[0]
    seen = chosen.version
    world.client.post(
        f"/en/staff/h/{show_reference(chosen.reference)}/accept",
        data={
            "csrf_token": token(world.client, "/account"),
            "version": str(seen),
            "seen": "0",
        },
    )
    answer = world.do("note", *world.ours[:2], note="Bring a ladder")
    page = world.client.get(answer.location).text
    again = re.search(r'name="rows" value="([^"]+)"', page)[1]
    assert again.startswith(f"{chosen.reference}:")
    assert int(again.split(":")[1]) > seen
    preview = world.send(act="note", rows=again).text
    assert "It will be done for 1 of 1 hazards" in preview


def test_the_result_says_why_in_the_very_words_of_the_preview(world: World) -> None:
    world.do("accept", world.ours[0])
    world.session.rollback()
    world.session.refresh(world.ours[0])
    preview = html.unescape(world.send(world.ours[0], act="accept").text)
    (sentence,) = re.findall(r"“[^”<]+” is not possible while the status is “Accepted”\.", preview)
    answer = world.do("accept", world.ours[0], key="z" * 32)
    page = html.unescape(world.client.get(answer.location).text)
    assert sentence in page
    assert "in the present status" not in page


def test_a_form_sent_twice_acts_once(world: World) -> None:
    first = world.do("note", world.ours[0], note="Bring the long ladder")
    second = world.do("note", world.ours[0], note="Bring the long ladder")
    assert first.location == second.location
    world.session.rollback()
    assert world.session.scalar(select(func.count()).where(Event.kind == "note")) == 1
    assert world.run() == {world.ours[0].reference: None}


def test_a_form_sent_twice_at_the_same_moment_acts_once(world: World, app: Flask) -> None:
    key = token(world.client, "/account")
    cookies = {"Cookie": "; ".join(f"{c.key}={c.value}" for c in world.client._cookies.values())}
    form = {"csrf_token": key, "act": "note", "do": "1", "key": "same" * 8, "note": "once",
            "ref": [f"{each.reference}:{each.version}" for each in world.ours]}  # fmt: skip
    start = Barrier(2)

    def send(_: int) -> int:
        client = app.test_client(use_cookies=False)
        start.wait()
        return client.post("/en/staff/bulk", data=form, headers=cookies).status_code

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(send, range(2))) == [303, 303]
    world.session.rollback()
    assert world.session.scalar(select(func.count()).where(Event.kind == "note")) == len(world.ours)


def test_another_person_s_result_is_not_there(world: World, app: Flask) -> None:
    answer = world.do("accept", world.ours[0])
    make_account(world.session, Role.DISPATCHER, body_id=world.body_id, email="berik@example.kz")
    other = app.test_client()
    sign_in(other, "berik@example.kz")
    assert other.get(answer.location).status_code == 404


def test_a_key_of_another_person_is_refused(world: World, app: Flask) -> None:
    world.do("accept", world.ours[0])
    make_account(world.session, Role.DISPATCHER, body_id=world.body_id, email="berik@example.kz")
    other = app.test_client()
    sign_in(other, "berik@example.kz")
    form = {
        "csrf_token": token(other, "/account"),
        "ref": world.ours[1].reference,
        "act": "accept",
        "do": "1",
        "key": "k" * 32,
    }
    assert other.post("/en/staff/bulk", data=form).status_code == 422
    assert world.status(world.ours[1]) == "assigned"


def test_what_became_of_many_is_forgotten_after_a_month(world: World) -> None:
    world.do("accept", world.ours[0])
    world.session.rollback()
    purge(world.session, now=now() + timedelta(days=29))
    assert world.session.scalar(select(func.count()).select_from(BulkRun)) == 1
    purge(world.session, now=now() + timedelta(days=31))
    assert world.session.scalar(select(func.count()).select_from(BulkRun)) == 0


def test_work_is_given_to_a_crew_of_the_body(world: World) -> None:
    crew = Crew(body_id=world.body_id, name="North")
    world.session.add(crew)
    world.session.commit()
    assert ">North<" in world.send(*world.ours, act="assign_work").text
    world.do("assign_work", *world.ours, crew=f"crew:{crew.id}")
    world.session.rollback()
    given_to = select(Hazard.crew_id).where(Hazard.body_id == world.body_id)
    assert set(world.session.scalars(given_to)) == {crew.id}


def test_what_every_row_needs_is_asked_for_once(world: World) -> None:
    answer = world.do("plan", *world.ours)
    assert answer.status_code == 422
    assert "Fill in: Day of the work" in answer.text


def test_more_than_the_limit_and_nothing_are_told_so(world: World) -> None:
    many = " ".join(f"{reference}:1" for reference in _references(MAX_ROWS + 1))
    assert f"At most {MAX_ROWS} hazards" in world.send(rows=many).text
    assert "Choose at least one hazard." in world.send().text


def test_all_that_match_the_filter_are_taken_and_no_more_than_the_limit(world: World, monkeypatch) -> None:
    monkeypatch.setattr(sys.modules["app.web.staff.bulk_rows"], "MAX_ROWS", 3)
    text = world.send(all="1", filter="severity=critical&state=open").text
    assert "3 hazards chosen" in text
    assert "More match the filter" in text
    assert show_reference(world.theirs.reference) not in text
    assert "Choose at least one hazard." in world.send(all="1", filter="severity=low").text


def test_an_act_that_needs_a_photo_is_not_offered_and_not_done(world: World) -> None:
    assert "hazards chosen" in world.do("fix", *world.ours, note="x").text
    assert {world.status(each) for each in world.ours} == {"assigned"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picked=st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 1)), min_size=1, max_size=8))
def test_whatever_is_chosen_the_foreign_one_is_never_touched(world: World, picked) -> None:
    everything = [*world.ours, world.theirs]
    rows = " ".join(f"{everything[at].reference}:{max(1, everything[at].version + off)}" for at, off in picked)
    world.send(act="note", do="1", key="", note="x", rows=rows)
    world.session.rollback()
    notes = select(func.count()).where(Event.kind == "note", Event.hazard_id == world.theirs.id)
    assert world.session.scalar(notes) == 0


def _references(count: int) -> list[str]:
    from app.domain.references import new_reference  # noqa: PLC0415 - only here

    return [new_reference() for _ in range(count)]
