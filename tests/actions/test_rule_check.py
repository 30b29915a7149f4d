"""What a rule would change is known before it is saved."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.actions.administration.rules import make_rule
from app.domain.permissions import Actor
from app.domain.rule_change import Concern, Finding, RuleFacts
from app.models import Body
from app.queries.rule_check import check_rule
from tests.actions.administration_kit import TODAY, body, by, rule_facts
from tests.jobs.kit import NOW, add_body

__all__ = ["body", "by"]
LATER = TODAY + timedelta(days=30)
CITY = "750000000"
Said = list[tuple[Concern, tuple[str, ...], str | None, str | None]]


def check(session: Session, draft: RuleFacts | None, rule_id: int | None = None) -> list[Finding]:
    return check_rule(session, draft, rule_id=rule_id, today=TODAY)


def said(found: list[Finding]) -> Said:
    return [(each.concern, each.types, each.was, each.now) for each in found]


def code(session: Session, body_id: int) -> str:
    return session.get_one(Body, body_id).code


def test_first_rule_closes_the_gap_of_its_types_unless_its_body_is_off_or_its_area_not_there(
    session: Session, by: Actor, body: int
) -> None:
    found = check(session, rule_facts(body))
    (gap,) = found
    assert (gap.concern, set(gap.types), gap.was, gap.now) == (
        Concern.CLOSES, {"MANHOLE_OPEN", "ROPE", "SUSPICIOUS_OBJECT"}, None, code(session, body),
    )  # fmt: skip
    assert not gap.is_warning
    session.get_one(Body, body).active = False
    session.flush()
    wrongs: list[tuple[dict[str, Any], list[Concern]]] = [
        ({}, [Concern.BODY_OFF]),
        ({"area_code": "nowhere"}, [Concern.NO_AREA, Concern.BODY_OFF]),
    ]
    for more, concerns in wrongs:
        assert [each.concern for each in check(session, rule_facts(body, **more))] == concerns


def test_city_s_explicit_rule_hides_the_district_s_general_one(session: Session, by: Actor, body: int) -> None:
    other = add_body(session)
    for kind in ("MANHOLE_OPEN", "ROPE"):
        make_rule(session, by=by, facts=rule_facts(body, area_code=CITY, hazard_type=kind), now=NOW)
    found = check(session, rule_facts(other, hazard_type="SUSPICIOUS_OBJECT"))
    assert [each.concern for each in found] == [Concern.CLOSES]
    make_rule(session, by=by, facts=rule_facts(body, area_code=CITY, hazard_type="SUSPICIOUS_OBJECT"), now=NOW)
    assert [each.concern for each in check(session, rule_facts(other))] == [Concern.NEVER]


def test_of_two_rules_alike_the_smaller_number_goes_first_and_hides_the_other(
    session: Session, by: Actor, body: int
) -> None:
    make_rule(session, by=by, facts=rule_facts(body, hazard_type="ROPE"), now=NOW)
    other = add_body(session)
    old, new = code(session, body), code(session, other)
    found = check(session, rule_facts(other, hazard_type="ROPE", rank=1))
    assert said(found) == [(Concern.HIDES, (), new, old), (Concern.MOVES, ("ROPE",), old, new)]
    found = check(session, rule_facts(other, hazard_type="ROPE", rank=200))
    assert said(found) == [(Concern.NEVER, (), old, new)]
    assert found[0].is_warning


def test_the_same_again_is_named_where_both_are_in_force(session: Session, by: Actor, body: int) -> None:
    make_rule(session, by=by, facts=rule_facts(body, valid_until=LATER), now=NOW)
    assert Concern.SAME in [
        each.concern for each in check(session, rule_facts(body, valid_from=TODAY - NOW.resolution))
    ]
    assert check(session, rule_facts(body, valid_from=LATER))[0].concern is Concern.CLOSES


def test_ending_a_rule_opens_its_gap_on_that_day(session: Session, by: Actor, body: int) -> None:
    rule = make_rule(session, by=by, facts=rule_facts(body, hazard_type="ROPE"), now=NOW)
    ends = rule_facts(body, hazard_type="ROPE", valid_until=LATER)
    for draft, day in ((ends, LATER), (None, TODAY)):
        (gap,) = check(session, draft, rule.id)
        assert (gap.concern, gap.types, gap.day) == (Concern.OPENS, ("ROPE",), day)
