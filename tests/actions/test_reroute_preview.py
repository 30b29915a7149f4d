"""What a preview finds is what `decide` says, hazard by hazard, and nothing else."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.reroute_preview import preview_reroute
from app.actions.routing import decide, trace_rows
from app.domain.errors import BordersBusy, NeedsReason, NoBordersThen, NotPermitted
from app.domain.permissions import ANONYMOUS, SYSTEM
from app.domain.routing import Assignment
from app.models import Hazard, HazardType, RerouteRun
from app.queries.reroute import reroute_summary
from tests.actions.town import BETWEEN, BORDER, CORNER, FAR, INSIDE, JUST_OUTSIDE, POLICY, Town
from tests.jobs.kit import NOW

TODAY = POLICY.day(NOW)
TYPES = ("MANHOLE_OPEN", "EXCAVATION_OPEN", "ICICLES_ROOF_SNOW", "POWER_LINE_HAZARD", "OTHER")
HINTS = (
    {},
    {},
    {"network": "heat"},
    {"network": "telecom"},
    {"network": "gas"},
    {"setting": "road", "hidden": "yes"},
    {"sign": "heat"},
)
PLACES = (*INSIDE.values(), BORDER, CORNER, JUST_OUTSIDE, FAR, BETWEEN, Point(76.899, 43.3005), Point(76.9, 43.3015))


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


def one_by_one(town: Town, hazard: Hazard) -> Assignment:
    kind = town.session.get_one(HazardType, hazard.hazard_type)
    return decide(town.session, shape=hazard.geom, hazard_type=kind.key, hints=hazard.hints, policy=POLICY, day=TODAY)


def hold_to_decide(town: Town, run: RerouteRun) -> int:
    """Each hazard stands in the run exactly when `decide` names another body, with its whole decision; how many."""
    moves = town.moves(run)
    for hazard in town.session.scalars(select(Hazard)):
        decision, move = one_by_one(town, hazard), moves.pop(hazard.id, None)
        assert (move is not None) == (decision.body_id != hazard.body_id), (hazard.geom, decision)
        if move is not None:
            assert (move.from_body_id, move.to_body_id) == (hazard.body_id, decision.body_id)
            assert (move.area_id, move.basis, move.confidence) == (
                decision.area_id,
                decision.basis,
                pytest.approx(decision.confidence),
            )
            assert move.trace == trace_rows(decision)
    assert not moves
    return run.looked_at


def test_a_mixed_set_is_decided_as_one_by_one(town: Town) -> None:
    rnd = random.Random(7)
    number = 0
    for place in PLACES:
        for kind in TYPES:
            for hints in rnd.sample(HINTS[1:], 2):
                body = rnd.choice([None, *town.body])
                town.hazard(place, kind=kind, hints=hints, body=body)
                number += 1
    assert hold_to_decide(town, town.preview()) == number


def test_points_anywhere_around_the_borders_are_decided_as_one_by_one(town: Town) -> None:
    rnd = random.Random(8)
    for _ in range(80):
        place = Point(rnd.uniform(76.797, 77.003), rnd.choice([43.2, 43.25, 43.3, rnd.uniform(43.198, 43.302)]))
        town.hazard(place, kind=rnd.choice(TYPES), hints=rnd.choice(HINTS), body=rnd.choice([None, "water", "heat"]))
    hold_to_decide(town, town.preview())


def test_lines_and_areas_go_by_their_largest_share(town: Town) -> None:
    line = town.hazard(BETWEEN, kind="ICICLES_ROOF_SNOW")
    pond = town.hazard(box(76.85, 43.21, 76.92, 43.23), kind="ICICLES_ROOF_SNOW", body="east-akimat")
    run = town.preview()
    assert set(town.moves(run)) == {line.id, pond.id}
    assert hold_to_decide(town, run) == 2


@settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_no_preview_lists_a_hazard_whose_body_is_the_decision(town: Town, data: st.DataObject) -> None:
    """Whatever rules there are: move everything by hand, and nothing is left to move."""
    with town.session.begin_nested() as scratch:
        for n in range(data.draw(st.integers(0, 3))):
            area = data.draw(st.sampled_from(["city", "west", "east", "heating"]))
            named = data.draw(st.sampled_from([{}, {"hazard_type": "ICICLES_ROOF_SNOW"}, {"group": "ground"}]))
            town.rule(f"new-{n}", area, kind=data.draw(st.sampled_from(["water_utility", "city_akimat"])), **named)
        for place in PLACES[:6]:
            town.hazard(place, kind=data.draw(st.sampled_from(TYPES)), hints=data.draw(st.sampled_from(HINTS)))
        for move in town.moves(town.preview()).values():
            hazard = town.session.get_one(Hazard, move.hazard_id)
            assert move.to_body_id is not None
            hazard.body_id, hazard.basis, hazard.status = move.to_body_id, move.basis, "assigned"
        town.session.flush()
        assert town.moves(town.preview()) == {}
        scratch.rollback()
        town.body = {code: id_ for code, id_ in town.body.items() if not code.startswith("new-")}


def test_closed_ones_never_move_and_those_a_person_placed_only_when_forced(town: Town) -> None:
    town.hazard(body="telecom", status="fixed", closed_at=NOW)
    confirmed = town.hazard(body="telecom", basis="confirmed_by_body", status="accepted")
    sent = town.hazard(body="telecom", basis="by_decision")
    refused = town.hazard(body="akimat", basis="default_triage", refusals=2)
    plain = town.hazard(body="telecom")
    triaged = town.hazard(body="akimat", basis="default_triage")
    run, forced = town.preview(), town.preview(forced=True)
    assert (set(town.moves(run)), run.looked_at) == ({plain.id, triaged.id}, 2)
    assert set(town.moves(forced)) == {confirmed.id, sent.id, refused.id, plain.id, triaged.id}


def test_a_new_rule_moves_exactly_what_it_names_from_its_first_day(town: Town) -> None:
    hazards = {
        (kind, side): town.hazard(INSIDE[side], kind=kind, body="water") for kind in TYPES[:2] for side in INSIDE
    }
    for hazard in hazards.values():
        decision = one_by_one(town, hazard)
        hazard.body_id, hazard.basis = decision.body_id, decision.basis
    town.session.flush()
    tomorrow = TODAY + timedelta(days=1)
    town.rule("new", "east", hazard_type="EXCAVATION_OPEN", since=tomorrow)
    assert town.moves(town.preview()) == {}
    moves = town.moves(town.preview(as_of=tomorrow))
    assert {id_: move.to_body_id for id_, move in moves.items()} == {
        hazards["EXCAVATION_OPEN", "east"].id: town.body["new"]
    }


def test_the_summary_counts_flows_and_shows_places(town: Town) -> None:
    for _ in range(3):
        town.hazard(INSIDE["east"], kind="MANHOLE_OPEN", body="roads")
    town.hazard(FAR, body="roads")
    flows = reroute_summary(town.session, town.preview().id, samples=2)
    assert [(f.from_body_id, f.to_body_id, f.hazards, f.moved, f.passed) for f in flows] == [
        (town.body["roads"], town.body["water"], 3, 0, 0),
        (town.body["roads"], None, 1, 0, 0),
    ]
    assert [len(flow.samples) for flow in flows] == [2, 1]
    assert flows[1].samples[0].equals(FAR)


def test_only_an_administrator_previews_and_a_reason_is_needed(town: Town) -> None:
    order = {"as_of": None, "forced": False, "policy": POLICY, "now": NOW}
    with pytest.raises(NotPermitted):
        preview_reroute(town.session, by=ANONYMOUS, reason="x", **order)
    with pytest.raises(NeedsReason):
        preview_reroute(town.session, by=SYSTEM, reason=" ", **order)


def test_there_is_no_preview_of_a_day_without_borders(town: Town) -> None:
    with pytest.raises(NoBordersThen):
        town.preview(as_of=date(2019, 12, 31))


def test_an_unstarted_preview_is_thrown_away_after_a_month(town: Town) -> None:
    town.hazard(body="telecom")
    old = town.preview(now=NOW - timedelta(days=31)).id
    new = town.preview().id
    town.session.expire_all()
    assert list(town.session.scalars(select(RerouteRun.id))) == [new] != [old]


def test_a_line_along_the_shared_border_has_one_body(town: Town) -> None:
    town.hazard(LineString([(76.9, 43.21), (76.9, 43.29)]), kind="ICICLES_ROOF_SNOW")
    hold_to_decide(town, town.preview())


def test_a_preview_does_not_wait_for_a_long_import_of_borders(database, session: Session, monkeypatch) -> None:
    town = Town(session)
    session.commit()
    monkeypatch.setattr("app.queries.reroute._NOT_LONG", text("SET LOCAL lock_timeout = '50ms'"))
    with database.app.connect() as importing:
        importing.execute(text("UPDATE area SET source = 'importing'"))
        with pytest.raises(BordersBusy):
            town.preview()
        session.rollback()
        importing.rollback()
    assert town.preview().looked_at == 0
