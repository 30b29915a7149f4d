"""Who would answer where, and that a rule called unreachable is taken nowhere, whatever is seen or overlaps."""

import time
from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.coverage import Answer, Dead, Spot, answers, never_first
from app.domain.hazard import Basis
from app.domain.hints import evidence
from app.domain.routing import AREA_RANK, AreaHit, Candidate, TypeKey, assign

CITY = AreaHit(1, "city", "republican_city", AREA_RANK["republican_city"])
NORTH = AreaHit(2, "north", "city_district", AREA_RANK["city_district"])
SOUTH = AreaHit(3, "south", "city_district", AREA_RANK["city_district"])
GRID = AreaHit(4, "grid", "service_area", AREA_RANK["service_area"])
AREAS = (CITY, NORTH, SOUTH, GRID)
SPOTS = [Spot("north", (CITY, NORTH)), Spot("south", (CITY, SOUTH)), Spot("south", (CITY, SOUTH), GRID)]
MANHOLE = TypeKey("MANHOLE", "ground", ("water_utility", "heat_network"), ("cover_letters_seen",))
WIRE = TypeKey("WIRE", "power", ("power_regional",))
BENCH = TypeKey("BENCH", "play", ("building_manager", "city_green"), ("yard_or_school_or_park",))
TYPES = [MANHOLE, WIRE, BENCH]
TABLE = {
    ("network", "water"): "water_utility",
    ("network", "gas"): "gas_utility",
    ("setting", "yard"): "building_manager",
    ("setting", "park"): "city_green",
}


def rule(number: int, kind: str, area: AreaHit = CITY, **more: object) -> Candidate:
    plain = Candidate(number, number, f"{kind}-{number}", kind, area.code, None, None, 10)
    return replace(plain, **more)


WATER = rule(1, "water_utility")
AKIMAT = rule(2, "district_akimat", SOUTH)
POWER = rule(3, "power_regional", GRID)


def dead(*rules: Candidate, spots: list[Spot] = SPOTS) -> dict[int, tuple[Dead, str | None]]:
    found = never_first(spots, rules, TYPES, TABLE, of={hit.code for hit in AREAS})
    return {each.rule_id: (each.why, each.before) for each in found}


def test_the_table_says_who_answers_where_and_where_nobody_does():
    found = answers(SPOTS, [WATER, AKIMAT, POWER], TYPES)
    assert found["north", "MANHOLE"] == (Answer("water_utility-1", Basis.BY_AREA),)
    assert found["north", "WIRE"] == (Answer(None, None),)
    assert found["north", "WIRE"][0].is_gap
    assert found["south", "BENCH"][0].is_triage


def test_a_service_area_in_a_part_gives_a_second_answer_there():
    found = answers(SPOTS, [WATER, AKIMAT, POWER], TYPES)
    triage, served = found["south", "WIRE"]
    assert (triage.is_triage, served) == (True, Answer("power_regional-3", Basis.BY_AREA))
    assert len(found["south", "MANHOLE"]) == 1


def test_a_rule_behind_another_of_its_sort_is_never_reached():
    second = rule(4, "water_utility", rank=20)
    assert dead(WATER, second) == {4: (Dead.LATER, "water_utility-1")}
    assert dead(replace(second, area_code="north"), WATER) == {}


def test_a_city_rule_is_never_reached_where_every_district_has_a_smaller_one():
    districts = [rule(5, "water_utility", NORTH), rule(6, "water_utility", SOUTH)]
    assert dead(WATER, *districts)[1][0] is Dead.LATER
    assert dead(WATER, *districts, spots=[*SPOTS, Spot("city", (CITY,))]) == {}


def test_a_rule_of_a_kind_that_no_type_names_is_never_reached():
    assert dead(WATER, rule(7, "police")) == {7: (Dead.NO_TYPE, None)}


def test_a_kind_that_only_letters_on_a_cover_point_to_is_reached():
    assert dead(WATER, rule(8, "gas_utility")) == {}
    assert dead(replace(WATER, hazard_type="MANHOLE"), rule(9, "heat_network"))[9][0] is Dead.LATER


def test_a_rule_that_waits_for_something_is_reached_by_it():
    waits = rule(10, "contractor", hazard_type="WIRE", hint="sign", hint_value="x")
    assert dead(waits, rule(11, "contractor", hazard_type="WIRE", rank=1)) == {}


KINDS = ("water_utility", "heat_network", "gas_utility", "power_regional", "building_manager", "city_akimat", "police")
PAIRS = (*TABLE, ("voltage", "110_kv"))
a_rule = st.builds(
    lambda number, kind, area, what, rank, pair: rule(
        number, kind, area, hazard_type=what[0], group=what[1], rank=rank, hint=pair[0], hint_value=pair[1]
    ),
    st.integers(1, 10_000),
    st.sampled_from(KINDS),
    st.sampled_from(AREAS),
    st.sampled_from([(None, None), (None, None), ("MANHOLE", None), ("BENCH", None), (None, "power"), (None, "waste")]),
    st.sampled_from([5, 10]),
    st.sampled_from([(None, None), (None, None), *PAIRS]),
)
rule_sets = st.lists(a_rule, max_size=14, unique_by=lambda made: made.rule_id)
seen_things: st.SearchStrategy[Mapping[str, str]] = st.lists(st.sampled_from(PAIRS), max_size=3).map(dict)


@settings(max_examples=120, deadline=None)
@given(rule_sets, seen_things, st.lists(st.sampled_from(SPOTS), min_size=1))
def test_an_unreachable_rule_is_taken_nowhere(rules, seen, overlapping):
    lost = dead(*rules)
    areas = list({hit for spot in overlapping for hit in spot.all})
    here = [each for each in rules if each.area_code in {hit.code for hit in areas}]
    for kind in TYPES:
        found = assign(areas, here, kind, evidence(seen, TABLE, named=kind.responsible, asked=kind.ask))
        assert found.body_id is None or found.trace[0].rule_id not in lost


@settings(max_examples=120, deadline=None)
@given(rule_sets)
def test_what_is_first_with_nothing_seen_is_what_the_table_shows_and_is_reached(rules):
    shown, lost = answers(SPOTS, rules, TYPES), dead(*rules)
    for spot in SPOTS:
        here = [each for each in rules if each.area_code in {hit.code for hit in spot.all}]
        for kind in TYPES:
            found = assign(spot.all, here, kind)
            body = found.trace[0].body if found.body_id is not None else None
            assert Answer(body, found.basis) in shown[spot.shown, kind.code]
            assert body is None or found.trace[0].rule_id not in lost


def test_a_thousand_building_managers_are_judged_at_once():
    """Seconds of this process: the machine of the tests is shared."""
    districts = [AreaHit(n, f"d{n}", "city_district", AREA_RANK["city_district"]) for n in range(10, 18)]
    houses = [AreaHit(n, f"h{n}", "service_area", AREA_RANK["service_area"]) for n in range(100, 600)]
    spots = [Spot(each.code, (CITY, each)) for each in districts]
    spots += [Spot(districts[n % 8].code, (CITY, districts[n % 8]), house) for n, house in enumerate(houses)]
    types = [replace(TYPES[n % 3], code=f"T{n}") for n in range(35)]
    rules = [rule(n, "building_manager", house) for n, house in enumerate(houses, start=1000)]
    rules += [rule(5000 + n, "building_manager", districts[n % 8]) for n in range(4000)]
    started = time.process_time()
    shown = answers(spots, rules, types)
    lost = never_first(spots, rules, types, TABLE, of={each.code for each in districts})
    assert time.process_time() - started < 2
    assert (len(shown), len(lost)) == (8 * 35, 4000 - 8)
