"""No id stands twice on a page: a link would lead to the wrong one, and a label would name it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.domain.hazard import Status
from app.domain.lifecycle import Act
from app.models import Hazard
from app.web.staff.next_acts import MOST, next_acts
from tests.web.matrix_table import TABLE
from tests.web.matrix_town import Town, address_of, patch, routes, town
from tests.web.matrix_world import ANONYMOUS

__all__ = ["patch", "town"]

ACTORS = (ANONYMOUS, "crew", "manager", "coordinator", "moderator", "operator", "administrator")
"""Each page is open to one of them; the others see no more of it."""

ID = re.compile(r'\sid="([^"]+)"')


def test_no_page_of_any_role_has_an_id_twice(town: Town) -> None:
    seen, twice = 0, []
    for rule, method in routes(town.app):
        line = TABLE.get(rule.endpoint)
        if line is None or method != "GET":
            continue
        for actor in ACTORS:
            answer = town.ask(actor, method, address_of(town, rule, line, "own", actor))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                seen += 1
                twice += [(rule.endpoint, actor, name) for name, n in Counter(ID.findall(answer.text)).items() if n > 1]
    assert seen > 200
    assert not twice, twice


@pytest.mark.parametrize("status", Status)
def test_no_act_is_offered_twice(status: Status) -> None:
    found = next_acts(Hazard(status=status.value), [*Act])
    assert len(set(found)) == len(found) == MOST
    passing = [Act.FORWARD, Act.ARBITRATE]
    assert next_acts(Hazard(status=status.value), passing) == passing
