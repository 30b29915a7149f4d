"""Every route × every role × own and foreign: each cell is a request to the real application on the real database.

Security notes, tests 3 and 4. What is expected stands in `matrix_table.py`, by hand; a route that is not there fails.
Each cell runs in a transaction that is rolled back, so that no cell changes what the next one finds. The requests of
POST carry a good token and nothing else: whoever may not send is refused before anything is read.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.domain.lifecycle import Act
from app.domain.permissions import Role
from app.web.access import rule_of
from tests.web.matrix_table import TABLE, Line
from tests.web.matrix_town import STRANGERS, UNSAFE, Town, address_of, patch, routes, town
from tests.web.matrix_world import ACTORS, ANONYMOUS, Side

__all__ = ["patch", "town"]


HOW = """
This route is not in the matrix. Add a line to tests/web/matrix_table.py: who may open it, what its address names,
and who of them may also open the other body's. The head of that file says how.
"""
SHOWN_AGAIN = {"held.decide": 404, "bulk.step": 400}
"""Shown again without a token, which they cannot be here: the sample is no link, no report, names no rows."""


def test_every_route_is_in_the_matrix_and_no_line_is_left_over(town: Town) -> None:
    known = {rule.endpoint for rule in town.app.url_map.iter_rules()}
    assert sorted(known - TABLE.keys()) == [], HOW
    assert sorted(TABLE.keys() - known) == [], "lines of routes that are gone"


def test_the_table_and_the_marks_of_the_views_say_the_same(town: Town) -> None:
    for name, line in TABLE.items():
        mark = rule_of(town.app.view_functions[name])
        assert mark is not None
        assert mark.public == line.public, name


def test_every_cell(town: Town, request: pytest.FixtureRequest) -> None:
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    asked = [(rule, method) for rule, method in routes(town.app) if rule.endpoint in TABLE]
    for rule, method in asked:
        line = TABLE[rule.endpoint]
        for actor in ACTORS:
            for side in ("own", "foreign") if line.of else ("own",):
                seen["cells"] += 1
                if said := Cell(town, rule, method, actor, side).wrong():
                    wrong.append(f"{method} {rule.endpoint} as {actor}, {side}: {said}")
    seen["routes"] = len(asked)
    things = sum(bool(TABLE[rule.endpoint].of) for rule, _ in asked)
    _print(
        request,
        f"matrix: {len(asked)} routes with their methods ({things} of them name a thing of a body or a person) × "
        f"{len(ACTORS)} actors × own/foreign = {seen['cells']} cells asserted",
    )
    assert not wrong, "\n".join([f"{len(wrong)} of {seen['cells']} cells:", *wrong])


@dataclass(frozen=True)
class Cell:
    """One request: a route and a method, as somebody, on one side."""

    town: Town
    rule: Rule
    method: str
    actor: str
    side: Side

    @property
    def line(self) -> Line:
        return TABLE[self.rule.endpoint]

    def ask(self, side: Side) -> TestResponse:
        values = self.town.world.values(self.line.of, side, self.actor) if self.line.of else {}
        form = {name: text.format(**values) for name, text in self.line.form.items()}
        address = address_of(self.town, self.rule, self.line, side, self.actor)
        return self.town.ask(self.actor, self.method, address, form=form)

    def wrong(self) -> str:
        """What is wrong with its answer, or ""."""
        answer = self.ask(self.side)
        if answer.status_code >= 500 and self.rule.endpoint != "health.ready":
            return f"{answer.status_code}"
        if self.line.public:
            return "sent to sign in" if _sent_away(answer) else ""
        if self.actor in STRANGERS:
            sent = answer.status_code == 401 if self.method in UNSAFE else _sent_away(answer)
            return "" if sent else f"a stranger got {answer.status_code}"
        return self._of_a_role(Role(self.actor), answer)

    def _of_a_role(self, role: Role, answer: TestResponse) -> str:
        line, status = self.line, answer.status_code
        may = line.sends if self.method in UNSAFE and line.sends is not None else line.who
        if role not in may:
            refused = status in {403, 404, line.shut} and not self.town.wrote
            return "" if refused else f"{status} where {line.shut} is due, wrote: {self.town.wrote}"
        if line.gone:
            return "" if status == 404 else f"{status} where 404 is due"
        if self.side == "own" or role in line.beyond:
            return "" if status not in {401, 403, 404} and not _sent_away(answer) else f"{status}"
        return self._of_nothing(answer)

    def _of_nothing(self, answer: TestResponse) -> str:
        """A foreign thing and one that does not exist get the same answer, to the letter."""
        if answer.status_code != self.line.hidden or self.town.wrote:
            return f"{answer.status_code} for a foreign thing, wrote: {self.town.wrote}"
        nothing = self.ask("unknown")
        foreign, unknown = (self.town.world.values(self.line.of, side, self.actor) for side in ("foreign", "unknown"))
        same = _plain(answer, foreign) == _plain(nothing, unknown) and nothing.status_code == answer.status_code
        return "" if same else "a foreign thing is told from an unknown one"


def _plain(answer: TestResponse, values: dict[str, object]) -> str:
    """The page without what the address itself says and without the token of its form."""
    text = re.sub(r'(name="csrf_token"[^>]*value=")[^"]+', r"\1", answer.get_data(as_text=True))
    for value in sorted(map(str, values.values()), key=len, reverse=True):
        text = text.replace(f"/{value}", "/_")
    return text


def _sent_away(answer: TestResponse) -> bool:
    return answer.status_code == 302 and "/sign-in?next=" in answer.headers.get("Location", "")


def _print(request: pytest.FixtureRequest, line: str) -> None:
    """Into the terminal, past the capture: whoever reads the run sees what was asked."""
    with request.config.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{line}")


def test_every_act_on_a_foreign_hazard_is_an_act_on_none(town: Town, request: pytest.FixtureRequest) -> None:
    wrong, asked = [], 0
    for act in Act:
        for actor in (Role.CREW, Role.DISPATCHER, Role.MANAGER):
            found = town.world.values("hazard", "foreign", actor)["reference"]
            answer = town.ask(actor, "POST", f"/staff/h/{found}/{act}")
            own = town.world.values("hazard", "own", actor)["reference"]
            ours = town.ask(actor, "POST", f"/staff/h/{own}/{act}")
            asked += 2
            if answer.status_code != 404 or ours.status_code >= 500:
                wrong.append((act.value, actor.value, answer.status_code, ours.status_code))
    _print(request, f"matrix: {len(Act)} acts × 3 roles of a body × own/foreign = {asked} cells asserted")
    assert wrong == []


def test_an_auditor_changes_nothing(town: Town) -> None:
    """Reads everything; sends nothing but what is the own account's, the own filters and notices."""
    refused = {"staff.act", "talk.say", "crew.act", "contractors.links", "merge.merge", "owners.rule", "admin.switch"}
    assert not any(Role.AUDITOR in (TABLE[name].sends or TABLE[name].who) for name in refused)
    for act in Act:
        own = town.world.values("hazard", "own", "auditor")
        found, version = own["reference"], own["version"]
        answer = town.ask(
            "auditor", "POST", f"/staff/h/{found}/{act}", form={"version": str(version), "seen": "0", "note": "x"}
        )
        assert answer.status_code >= 400, act
        assert not town.wrote, act


def test_every_unsafe_route_wants_its_token(town: Town, request: pytest.FixtureRequest) -> None:
    wrong, asked = [], 0
    for rule, method in routes(town.app):
        if method not in UNSAFE or rule.endpoint not in TABLE:
            continue
        view = town.app.view_functions[rule.endpoint]
        if getattr(view, "tokenless", False):
            continue
        line = TABLE[rule.endpoint]
        actor = ANONYMOUS if line.public else min(line.sends or line.who).value
        answer = town.ask(actor, method, address_of(town, rule, line, "own", actor), token=False)
        asked += 1
        if answer.status_code != SHOWN_AGAIN.get(rule.endpoint, 403) or town.wrote:
            wrong.append((rule.endpoint, method, actor, answer.status_code))
    _print(request, f"matrix: {asked} unsafe routes refused without a token")
    assert not wrong, wrong


@pytest.mark.parametrize("role", Role)
def test_every_role_lands_on_a_page_of_its_own(town: Town, role: Role) -> None:
    sent = town.ask(role, "GET", "/account/start")
    assert sent.status_code == 302
    assert town.ask(role, "GET", sent.headers["Location"]).status_code == 200
