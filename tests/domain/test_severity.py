"""How bad it is: points that anybody can add up, by weights that are data."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.domain.hazard import Severity
from app.domain.severity import WEIGHTS, Circumstances, Kind, read_weights, score

ROOT = Path(__file__).parents[2]
GIVEN = yaml.safe_load((ROOT / "data/severity.yaml").read_text("utf-8"))
SHIPPED = read_weights(GIVEN)
RAISED = {
    Severity.LOW: Severity.MEDIUM,
    Severity.MEDIUM: Severity.HIGH,
    Severity.HIGH: Severity.CRITICAL,
    Severity.CRITICAL: Severity.CRITICAL,
}
kinds = st.builds(
    Kind,
    st.sampled_from(["MANHOLE_OPEN", "WATER_UNGUARDED", "ICE_THIN"]),
    st.sampled_from(Severity),
    st.lists(st.integers(1, 12), unique=True).map(tuple),
)
circumstances = st.builds(
    Circumstances,
    st.integers(1, 12),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.none() | st.floats(0, 500, allow_nan=False),
)


def plain(base: Severity = Severity.MEDIUM) -> Kind:
    return Kind("MANHOLE_OPEN", base)


@pytest.mark.parametrize("base", Severity)
def test_a_type_keeps_its_own_level_when_nothing_else_is_known(base):
    assert score(plain(base), Circumstances(1), SHIPPED).level is base


@pytest.mark.parametrize("what", ["someone_hurt", "hidden", "water"])
@pytest.mark.parametrize(("base", "level"), RAISED.items())
def test_each_circumstance_raises_it_one_level_up_to_critical(base, level, what):
    found = score(plain(base), Circumstances(1, **{what: True}), SHIPPED)
    assert found.level is level
    assert [part.reason for part in found.because] == ["type", what]


@pytest.mark.parametrize(("metres", "points"), [(0, 20), (150, 20), (151, 10), (300, 10), (301, 0), (None, 0)])
def test_children_near_by_count_by_distance(metres, points):
    found = score(plain(), Circumstances(1, children_m=metres), SHIPPED)
    assert found.points == 30 + points
    assert [part.metres for part in found.because[1:]] == ([round(metres, -1)] if points else [])


def test_thin_ice_sleeps_in_summer_and_open_water_wakes():
    ice, water = Kind("ICE_THIN", Severity.CRITICAL, (11, 12, 1, 2, 3, 4)), Kind("WATER_UNGUARDED", Severity.HIGH)
    assert [score(ice, Circumstances(month), SHIPPED).level for month in (1, 7)] == [Severity.CRITICAL, Severity.MEDIUM]
    assert [score(water, Circumstances(month), SHIPPED).level for month in (1, 7)] == [Severity.HIGH, Severity.CRITICAL]


@given(kinds, circumstances, st.sampled_from([WEIGHTS, SHIPPED]))
def test_the_explanation_adds_up_and_decides_the_level(kind, what, weights):
    found = score(kind, what, weights)
    assert sum(part.points for part in found.because) == found.points
    reached = [level for threshold, level in weights.levels if found.points >= threshold]
    assert found.level is (reached[0] if reached else Severity.LOW)


@given(kinds, circumstances)
def test_knowing_more_that_is_bad_never_lowers_it(kind, what):
    calm = score(kind, Circumstances(what.month), SHIPPED)
    assert score(kind, what, SHIPPED).level.rank >= calm.level.rank


@pytest.mark.parametrize("wrong", [{"levels": {"awful": 3}}, {"hidden": "much"}])
def test_weights_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match=r"awful|much"):
        read_weights(GIVEN | wrong)


def test_every_season_speaks_of_real_types():
    known = {row["code"] for row in yaml.safe_load((ROOT / "data/hazard_types.yaml").read_text("utf-8"))["hazards"]}
    assert {code for row in SHIPPED.awake for code in row.types} <= known
