"""What was seen on the spot: closed lists, and it points only where the type lets it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadHint
from app.domain.hazard import Basis
from app.domain.hints import ASKED_BY, MOST_ASKED, VALUES, Evidence, Hint, asked_hints, evidence, parse_hints
from app.domain.routing import AKIMAT_KINDS, Why, assign
from tests.domain.test_routing import (
    CITY,
    DISTRICT,
    DISTRICT_AKIMAT,
    FOR_TYPE,
    HEAT,
    MANHOLE,
    WATER,
    areas_found,
    body,
    candidates_found,
    taken,
)

TABLE = {
    ("network", "heat"): "heat_network",
    ("network", "gas"): "gas_utility",
    ("setting", "yard"): "building_manager",
}
GAS = body(20, "gas_utility")


def seen(**hints: str) -> Evidence:
    return evidence(hints, TABLE, named=MANHOLE.responsible, asked=("cover_letters_seen", "in_road_or_yard"))


@pytest.mark.parametrize(
    ("given", "parsed"),
    [
        ({}, {}),
        ({"network": "", "water": False}, {}),
        ({"network": "heat", "water": True}, {"network": "heat", "water": "yes"}),
    ],
)
def test_empty_answers_are_no_hints(given, parsed):
    assert parse_hints(given) == parsed


@pytest.mark.parametrize(
    "wrong",
    [{"colour": "red"}, {"network": "lava"}, {"network": 5}, {"water": "no"}, {"sign": "x" * 100}, {"sign": ["a"]}],
)
def test_what_is_no_choice_is_refused(wrong):
    with pytest.raises(BadHint):
        parse_hints(wrong)


def test_letters_on_the_cover_beat_the_rule_for_the_type():
    found = assign((CITY, DISTRICT), (FOR_TYPE, WATER, HEAT, DISTRICT_AKIMAT), MANHOLE, seen(network="heat"))
    assert (taken(found), found.basis, found.confidence) == (2, Basis.BY_HINT, 0.8)
    assert not found.owner_unknown


def test_letters_name_an_owner_whom_the_type_does_not_name():
    assert "gas_utility" not in MANHOLE.responsible
    assert taken(assign((CITY,), (WATER, GAS), MANHOLE, seen(network="gas"))) == 20


def test_a_yard_sends_no_manhole_to_a_manager_whom_the_type_does_not_name():
    manager = body(21, "building_manager")
    assert taken(assign((CITY,), (WATER, manager), MANHOLE, seen(setting="yard"))) == 1


def test_a_sign_goes_before_letters_but_only_to_a_body_that_could_answer():
    sign = seen(network="water", sign=HEAT.body_code)
    assert taken(assign((CITY,), (WATER, HEAT), MANHOLE, sign)) == 2
    police = body(5, "police")
    assert taken(assign((CITY,), (WATER, police), MANHOLE, seen(sign=police.body_code))) == 1


def test_a_rule_with_a_hint_waits_for_it():
    rule = body(30, "contractor", hazard_type="MANHOLE_OPEN", hint="network", hint_value="storm")
    plain = assign((CITY,), (WATER, rule), MANHOLE, seen(network="heat"))
    assert taken(plain) == 1
    assert [step.why for step in plain.trace if step.rule_id == 30] == [Why.OTHER_HINT]
    found = assign((CITY,), (WATER, rule), MANHOLE, seen(network="storm"))
    assert (taken(found), found.basis, found.confidence) == (30, Basis.BY_HINT, 0.9)


seen_hints = st.builds(
    seen,
    network=st.sampled_from(VALUES[Hint.NETWORK]),
    setting=st.sampled_from(VALUES[Hint.SETTING]),
    sign=st.sampled_from(["x", "y", "z"]),
)


@given(areas_found, candidates_found, seen_hints, st.randoms(use_true_random=False))
def test_shuffling_changes_nothing_whatever_was_seen(areas, candidates, what, rnd):
    found = assign(areas, candidates, MANHOLE, what)
    rnd.shuffle(areas)
    rnd.shuffle(candidates)
    assert assign(areas, candidates, MANHOLE, what) == found


@given(areas_found, candidates_found, seen_hints)
def test_with_an_akimat_in_an_area_nobody_is_left_out(areas, candidates, what):
    if areas:
        akimat = body(99, AKIMAT_KINDS[0], area_code=areas[0].code)
        assert assign(areas, [*candidates, akimat], MANHOLE, what).body_id is not None


@given(areas_found, candidates_found, seen_hints, st.sampled_from([None, "heat"]))
def test_a_more_specific_rule_never_widens_another_s_share(areas, candidates, what, hint):
    """Adding a rule for the type moves a hazard to that rule's body, or nowhere."""
    if not areas:
        return
    before = assign(areas, candidates, MANHOLE, what)
    new = body(98, "contractor", area_code=areas[0].code, hazard_type="MANHOLE_OPEN", rank=0)
    if hint:
        new = body(
            98, "contractor", area_code=areas[0].code, hazard_type="MANHOLE_OPEN", hint="network", hint_value=hint
        )
    after = assign(areas, [*candidates, new], MANHOLE, what)
    assert after.body_id in {before.body_id, new.body_id}


def test_a_reporter_is_asked_at_most_three_things_each_once():
    assert asked_hints(["how_long", "cover_letters_seen", "in_road_or_yard", "yard_or_school_or_park"]) == (
        Hint.NETWORK,
        Hint.SETTING,
    )
    assert len(asked_hints(ASKED_BY)) <= MOST_ASKED


@pytest.mark.parametrize("sign", ["a\x00b", "a\nb", "\ud800", "x" * 81])
def test_a_sign_that_no_code_can_be_is_refused(sign: str):
    with pytest.raises(BadHint):
        parse_hints({"sign": sign})
