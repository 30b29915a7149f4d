"""The arbiter's latest decision for an area, a type and what was seen is the one that holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.administration.rules import make_rule_of_decision
from app.domain.errors import SameRule
from app.domain.permissions import Actor, Role
from app.models import Responsibility
from tests.actions.administration_kit import TODAY, account, entries
from tests.jobs.kit import NOW, add_area, add_body, add_hazard, add_types


def rules(session: Session) -> list[tuple[int, int, bool]]:
    """Body, days since TODAY when it begins, and whether it goes on."""
    found = session.scalars(select(Responsibility).order_by(Responsibility.valid_from, Responsibility.id))
    return [(each.body_id, (each.valid_from - TODAY).days, each.valid_until is None) for each in found]


def test_a_later_decision_ends_the_earlier_one_and_one_of_today_is_replaced(session: Session) -> None:
    add_types(session)
    area = add_area(session)
    first, second, third = (add_body(session) for _ in range(3))
    arbiter: Actor = account(session, Role.COORDINATOR)
    decided = {
        each: add_hazard(session, body_id=each, area_id=area, settled=True, basis="by_decision").reference
        for each in (first, second, third)
    }

    def decide(body_id: int, day: int) -> None:
        today = TODAY + timedelta(days=day)
        make_rule_of_decision(session, by=arbiter, reference=decided[body_id], today=today, now=NOW)

    decide(first, 0)
    decide(second, 7)
    assert rules(session) == [(first, 0, False), (second, 7, True)]
    decide(third, 7)
    assert rules(session) == [(first, 0, False), (third, 7, True)]
    with pytest.raises(SameRule):
        decide(third, 9)
    assert [(each.before is None, each.after is None) for each in entries(session)] == [
        (True, False), (False, False), (True, False), (False, True), (True, False),
    ]  # fmt: skip
