"""Who answers: one body at most, the same for any order of what was found, and a trace that accounts for everything."""

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.domain.hazard import Basis
from app.domain.routing import AKIMAT_KINDS, AREA_RANK, AreaHit, Assignment, Candidate, TypeKey, Why, assign

DATA = yaml.safe_load((Path(__file__).parents[2] / "data/hazard_types.yaml").read_text("utf-8"))
TYPES = {row["code"]: TypeKey(row["code"], row["group"], tuple(row["responsible"])) for row in DATA["hazards"]}
REPORTABLE = sorted(TYPES.keys() - {"CHILD_IN_DANGER"})
MANHOLE = TYPES["MANHOLE_OPEN"]

CITY = AreaHit(1, "750000000", "republican_city", AREA_RANK["republican_city"])
DISTRICT = AreaHit(2, "751110000", "city_district", AREA_RANK["city_district"])
NEIGHBOUR = AreaHit(3, "751210000", "city_district", AREA_RANK["city_district"])


def body(number: int, kind: str, area: AreaHit = CITY, **more: object) -> Candidate:
    """A responsibility of body `number` for its kind in `area`."""
    plain = Candidate(number, number * 10, f"{kind}-{number}", kind, area.code, None, None, 10)
    return replace(plain, **more)


WATER = body(1, "water_utility")
HEAT = body(2, "heat_network")
CITY_AKIMAT = body(3, "city_akimat")
DISTRICT_AKIMAT = body(4, "district_akimat", DISTRICT)
POLICE = body(5, "police")
FOR_TYPE = body(6, "contractor", hazard_type="MANHOLE_OPEN")
FOR_GROUP = body(7, "contractor", DISTRICT, group="ground")


def taken(found: Assignment) -> int | None:
    steps = [step.rule_id for step in found.trace if step.why is Why.TAKEN]
    assert len(steps) == (found.body_id is not None)
    return steps[0] if steps else None


def route(*candidates: Candidate, key: TypeKey = MANHOLE, areas: tuple[AreaHit, ...] = (CITY, DISTRICT)) -> Assignment:
    return assign(areas, candidates, key)


def test_the_kinds_of_areas_are_ranked_from_country_to_village():
    assert AREA_RANK["country"] < AREA_RANK["oblast"] < AREA_RANK["republican_city"] < AREA_RANK["city_district"]
    assert AREA_RANK["rayon"] < AREA_RANK["service_area"] < AREA_RANK["city"] < AREA_RANK["rural_okrug"]
    assert AREA_RANK["rural_okrug"] < AREA_RANK["village"]


def test_a_rule_for_the_type_beats_one_for_its_group_even_in_a_smaller_area():
    found = route(FOR_GROUP, FOR_TYPE, WATER, DISTRICT_AKIMAT)
    assert (taken(found), found.basis, found.confidence) == (6, Basis.BY_RULE, 0.9)


def test_a_rule_for_the_group_beats_the_kinds_of_the_taxonomy():
    found = route(WATER, FOR_GROUP)
    assert (taken(found), found.basis) == (7, Basis.BY_RULE)


def test_a_rule_for_another_type_or_group_does_not_apply():
    other_type = body(8, "water_utility", hazard_type="ICICLES")
    other_group = body(9, "water_utility", group="water")
    other_type_same_group = body(10, "water_utility", hazard_type="MANHOLE_DAMAGED", group="ground")
    found = route(other_type, other_group, other_type_same_group)
    assert (found.body_id, found.basis) == (None, None)
    assert [step.why for step in found.trace] == [Why.OTHER_TYPE] * 3 + [Why.NO_BODY]


def test_kinds_are_asked_in_the_order_of_the_taxonomy_before_the_size_of_the_area():
    assert MANHOLE.responsible.index("water_utility") < MANHOLE.responsible.index("heat_network")
    local_heat = body(11, "heat_network", DISTRICT)
    found = route(local_heat, WATER, DISTRICT_AKIMAT)
    assert (taken(found), found.basis, found.confidence) == (1, Basis.BY_AREA, 0.7)


@pytest.mark.parametrize("more", [{}, {"hazard_type": "MANHOLE_OPEN"}, {"group": "ground"}])
def test_among_equals_the_smaller_area_comes_first(more):
    wide, narrow = body(1, "water_utility", CITY, **more), body(2, "water_utility", DISTRICT, **more)
    assert taken(route(wide, narrow)) == 2


def test_in_one_area_the_lower_rank_comes_first_then_the_code_then_the_rule():
    first = body(1, "water_utility", rank=5, body_code="z")
    second = body(2, "water_utility", rank=10, body_code="a")
    third = body(3, "water_utility", rank=10, body_code="b", body_id=77)
    fourth = body(4, "water_utility", rank=10, body_code="b", body_id=77)
    order = [step.rule_id for step in route(fourth, third, second, first).trace]
    assert order == [1, 2, 3, 4]


def test_the_akimat_of_the_smallest_area_makes_safe_what_is_nobodys():
    key = TypeKey("X", "other", ("water_utility",))
    found = route(CITY_AKIMAT, DISTRICT_AKIMAT, POLICE, key=key)
    assert (taken(found), found.basis, found.confidence) == (4, Basis.DEFAULT_TRIAGE, 0.4)
    assert found.owner_unknown
    assert taken(route(CITY_AKIMAT, POLICE, key=key)) == 3


def test_an_akimat_that_the_taxonomy_names_answers_by_area_and_the_owner_is_known():
    found = route(DISTRICT_AKIMAT)
    assert (found.basis, found.owner_unknown) == (Basis.BY_AREA, False)


def test_of_two_akimats_of_one_area_the_rural_one_comes_first():
    key = TypeKey("X", "other", ())
    akimats = [body(n, kind) for n, kind in enumerate(AKIMAT_KINDS, start=1)]
    assert AKIMAT_KINDS[0] == "rural_akimat"
    assert taken(route(*reversed(akimats), key=key)) == 1


def test_with_no_body_a_hazard_stands_in_the_queue_of_its_area():
    found = route(POLICE)
    assert (found.body_id, found.basis, found.confidence) == (None, None, 0.0)
    assert found.area_id == DISTRICT.id
    assert found.owner_unknown
    assert [step.why for step in found.trace] == [Why.KIND_NOT_NAMED, Why.NO_BODY]


def test_outside_every_area_nobody_answers_and_no_area_is_named():
    found = assign((), (), MANHOLE)
    assert (found.body_id, found.area_id) == (None, None)
    assert [step.why for step in found.trace] == [Why.NO_BODY]


def test_a_responsibility_in_an_area_that_was_not_found_is_not_used():
    found = route(body(1, "water_utility", NEIGHBOUR))
    assert found.body_id is None
    assert len(found.trace) == 2


def test_from_outside_the_nearest_area_answers_with_less_confidence():
    near, far = replace(CITY, distance_m=40.0), replace(NEIGHBOUR, distance_m=41.0)
    found = route(body(2, "water_utility", NEIGHBOUR), WATER, areas=(far, near))
    assert taken(found) == 1
    assert (found.basis, found.confidence, found.area_id) == (Basis.NEAREST, 0.49, CITY.id)
    assert {step.basis for step in found.trace} == {Basis.BY_AREA}


@pytest.mark.parametrize(
    ("candidate", "key", "confidence"),
    [
        (FOR_TYPE, MANHOLE, 0.63),
        (WATER, MANHOLE, 0.49),
        (CITY_AKIMAT, TypeKey("X", "other", ()), 0.28),
    ],
)
def test_nearness_lowers_every_confidence(candidate, key, confidence):
    found = route(candidate, key=key, areas=(replace(CITY, distance_m=1.0),))
    assert (found.basis, found.confidence) == (Basis.NEAREST, confidence)


@pytest.mark.parametrize("code", REPORTABLE)
def test_point_on_shared_border_gets_exactly_one_body(code):
    """Two districts of one rank, each with a full set of bodies: the smaller code answers, whatever came first."""
    key = TYPES[code]
    kinds = dict.fromkeys((*key.responsible, *AKIMAT_KINDS))
    sides = [
        body(100 * side + n, kind, area)
        for side, area in enumerate((DISTRICT, NEIGHBOUR), start=1)
        for n, kind in enumerate(kinds)
    ]
    results = set()
    for seed in range(8):
        shuffled, areas = sides.copy(), [DISTRICT, NEIGHBOUR, CITY]
        random.Random(seed).shuffle(shuffled)
        random.Random(seed).shuffle(areas)
        results.add(assign(areas, shuffled, key))
    (found,) = results
    assert taken(found) == 100
    assert found.area_id == DISTRICT.id


@pytest.mark.parametrize("code", REPORTABLE)
def test_every_type_goes_to_its_usual_owner_and_without_him_down_its_list(code):
    key = TYPES[code]
    assert key.responsible
    left = [body(n, kind) for n, kind in enumerate(key.responsible, start=1)]
    while left:
        found = route(*reversed(left), key=key)
        assert found.body_id == left[0].body_id
        assert found.basis is Basis.BY_AREA
        left.pop(0)


@pytest.mark.parametrize("code", REPORTABLE)
def test_every_type_finds_the_akimat_where_there_is_no_other_body(code):
    for kind in AKIMAT_KINDS:
        assert route(body(1, kind), key=TYPES[code]).body_id == 10


areas_found = st.lists(
    st.builds(
        AreaHit,
        st.integers(1, 6),
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(sorted(AREA_RANK)),
        st.sampled_from(sorted(set(AREA_RANK.values()))),
        st.sampled_from([0.0, 1.0, 250.0]),
    ),
    max_size=4,
    unique_by=lambda hit: hit.code,
)
candidates_found = st.lists(
    st.builds(
        Candidate,
        st.integers(1, 30),
        st.integers(1, 5),
        st.sampled_from(["x", "y", "z"]),
        st.sampled_from([*MANHOLE.responsible, *AKIMAT_KINDS, "police"]),
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from([None, None, "MANHOLE_OPEN", "ICICLES"]),
        st.sampled_from([None, None, "ground", "water"]),
        st.integers(0, 3),
    ),
    max_size=8,
    unique_by=lambda c: (c.rule_id, c.area_code),
)


@given(areas_found, candidates_found, st.randoms(use_true_random=False))
def test_the_order_of_what_was_found_does_not_matter(areas, candidates, rnd):
    found = assign(areas, candidates, MANHOLE)
    rnd.shuffle(areas)
    rnd.shuffle(candidates)
    assert assign(areas, candidates, MANHOLE) == found


@given(areas_found, candidates_found)
def test_the_trace_mentions_every_candidate_once_and_takes_one_at_most(areas, candidates):
    found = assign(areas, candidates, MANHOLE)
    mentioned = Counter((step.rule_id, step.body, step.area) for step in found.trace if step.why is not Why.NO_BODY)
    assert mentioned == Counter((c.rule_id, c.body_code, c.area_code) for c in candidates)
    reasons = Counter(step.why for step in found.trace)
    assert reasons[Why.TAKEN] == (found.body_id is not None)
    assert reasons[Why.NO_BODY] == (found.body_id is None)
    assert (found.trace[0].why is Why.TAKEN) == (found.body_id is not None)


@given(areas_found, candidates_found)
def test_who_is_taken_was_a_candidate_in_an_area_that_was_found(areas, candidates):
    found = assign(areas, candidates, MANHOLE)
    assert (found.basis is None) == (found.body_id is None) == (found.confidence == 0)
    rule_id = taken(found)
    if rule_id is not None:
        step = found.trace[0]
        assert (found.body_id, step.area) in {(c.body_id, c.area_code) for c in candidates if c.rule_id == rule_id}
        assert step.area in {hit.code for hit in areas}
    assert (found.area_id is None) == (not areas)


@given(areas_found, candidates_found)
def test_a_later_step_is_reached_only_when_the_earlier_ones_are_empty(areas, candidates):
    found = assign(areas, candidates, MANHOLE)
    codes = {hit.code for hit in areas}
    here = [c for c in candidates if c.area_code in codes]
    named = [c for c in here if c.hazard_type == "MANHOLE_OPEN" or (c.hazard_type is None and c.group == "ground")]
    plain = [c for c in here if c.hazard_type is None and c.group is None]
    by_kind = [c for c in plain if c.body_kind in MANHOLE.responsible]
    akimats = [c for c in plain if c.body_kind in AKIMAT_KINDS]
    winners = next((step for step in (named, by_kind, akimats) if step), [])
    assert (found.body_id is None) == (not winners)
    if winners:
        assert taken(found) in {c.rule_id for c in winners}
