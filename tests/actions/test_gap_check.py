"""Before a rule, a body or a type is saved, all areas are looked at, and so are the parts of a city."""

from datetime import date

from shapely.geometry import MultiPolygon, box
from sqlalchemy.orm import Session

from app.actions.administration.rules import make_rule
from app.domain.permissions import Actor
from app.domain.rule_change import Concern
from app.models import Area, HazardType
from app.queries.gap_check import check_body, check_type
from app.queries.rule_check import check_rule
from tests.actions.administration_kit import TODAY, body, by, rule_facts
from tests.jobs.kit import NAMES, NOW, add_body

__all__ = ["body", "by"]
CITY = "750000000"


def add_blocks(session: Session, number: int) -> list[str]:
    """Quarters in a row, each a service area of its own."""
    start, codes = date(2020, 1, 1), [f"block-{each:02}" for each in range(number)]
    for each, code in enumerate(codes):
        shape = MultiPolygon([box(76.9 + each / 1000, 43.2, 76.9 + (each + 0.9) / 1000, 43.3)])
        session.add(Area(code=code, kind="service_area", rank=90, valid_from=start, geom=shape, **NAMES))
    session.flush()
    return codes


def test_gaps_are_told_of_each_of_fifty_areas(session: Session, by: Actor, body: int) -> None:
    for code in add_blocks(session, 50):
        make_rule(session, by=by, facts=rule_facts(body, area_code=code), now=NOW)
    found = check_body(session, body, kind="water_utility", active=False, today=TODAY)
    assert [each.concern for each in found] == [Concern.OPENS] * 50
    key = session.get_one(HazardType, "ROPE").key
    assert len(check_type(session, key, responsible=["other"], today=TODAY)) == 50
    make_rule(session, by=by, facts=rule_facts(add_body(session), area_code=CITY), now=NOW)
    assert {each.concern for each in check_body(session, body, kind="water_utility", active=False, today=TODAY)} == {
        Concern.MOVES
    }


def test_rules_of_all_districts_hide_one_for_the_whole_city(session: Session, by: Actor, body: int) -> None:
    draft = rule_facts(add_body(session), area_code=CITY, rank=200)
    assert [each.concern for each in check_rule(session, draft, rule_id=None, today=TODAY)] == [Concern.CLOSES]
    make_rule(session, by=by, facts=rule_facts(body), now=NOW)
    found = check_rule(session, draft, rule_id=None, today=TODAY)
    assert found[0].concern is Concern.NEVER
