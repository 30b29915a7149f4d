"""Templates: a manager keeps the own body's, an administrator all; what a person changed the file does not change."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.administration.own_body import keeps
from app.actions.administration.undo import undo_change
from app.actions.reference_data import load_reference_data, read_yaml
from app.actions.reply_templates import TemplateFacts, add_template, edit_template, remove_template
from app.domain.errors import BadChoice, BadPlaceholder, NeedsTexts, NotPermitted, UnknownTemplate
from app.domain.lifecycle import Act
from app.domain.permissions import Actor, Role
from app.models import AuditEntry, ReplyTemplate
from app.queries.reply_templates import kept_templates, template_by_code, templates_for
from tests.actions.people import person
from tests.actions.town import DATA, Town
from tests.jobs.kit import NOW

FACTS = TemplateFacts("Қабылданды: {reference}", "Принято: {reference}", "Taken: {reference}", act="accept")


class Case:
    def __init__(self, session: Session) -> None:
        self.session, self.town = session, Town(session)
        self.ours, self.theirs = self.town.body["water"], self.town.body["roads"]
        self.manager = person(session, Role.MANAGER, self.ours)
        self.administrator = person(session, Role.ADMINISTRATOR)

    def add(self, by: Actor, body_id: int | None, **more: object) -> ReplyTemplate:
        return add_template(self.session, by=by, body_id=body_id, facts=replace(FACTS, **more), now=NOW)

    def offered(self, body_id: int | None, kind: str = "MANHOLE_OPEN", group: str = "ground") -> set[str]:
        found = templates_for(self.session, body_id=body_id, hazard_type=kind, group=group)
        return {each.code for each in found if each.code.startswith("own-")}


@pytest.fixture
def case(session: Session) -> Case:
    return Case(session)


def test_a_body_s_own_are_offered_to_it_alone_and_everybody_s_to_all(case: Case) -> None:
    mine = case.add(case.manager, case.ours).code
    shared = case.add(case.administrator, None).code
    assert case.offered(case.ours) == {mine, shared}
    assert case.offered(case.theirs) == case.offered(None) == {shared}


@pytest.mark.parametrize(
    ("more", "suits"),
    [
        ({}, {True, False}),
        ({"hazard_type": "MANHOLE_OPEN"}, {True}),
        ({"group": "power"}, {False}),
        ({"offered": False}, set()),
    ],
)
def test_it_is_offered_for_its_type_or_its_group(case: Case, more: dict[str, object], suits: set[bool]) -> None:
    code = case.add(case.manager, case.ours, **more).code
    found = {
        manhole
        for manhole, where in ((True, ("MANHOLE_OPEN", "ground")), (False, ("POWER_LINE_HAZARD", "power")))
        if code in case.offered(case.ours, *where)
    }
    assert found == suits


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.CREW, Role.COORDINATOR, Role.MODERATOR, Role.AUDITOR])
def test_others_keep_none(case: Case, role: Role) -> None:
    by = person(case.session, role, case.ours if role in {Role.DISPATCHER, Role.CREW} else None)
    for body_id in (case.ours, None):
        with pytest.raises(NotPermitted):
            case.add(by, body_id)


def test_a_manager_keeps_neither_another_body_s_nor_everybody_s(case: Case) -> None:
    for body_id in (case.theirs, None):
        with pytest.raises(NotPermitted):
            case.add(case.manager, body_id)
    theirs = case.add(case.administrator, case.theirs).code
    shared = case.add(case.administrator, None).code
    for code, refusal in ((theirs, UnknownTemplate), (shared, NotPermitted), ("no-such", UnknownTemplate)):
        with pytest.raises(refusal):
            edit_template(case.session, by=case.manager, code=code, facts=replace(FACTS, act=None), now=NOW)
        with pytest.raises(refusal):
            remove_template(case.session, by=case.manager, code=code, now=NOW)
    listed = kept_templates(case.session, body_id=case.ours, everybodys=False)
    assert theirs not in {template.code for template, _body in listed}
    assert not keeps(case.manager, None)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"text_kk": "Нөмірі {number}"}, BadPlaceholder),
        ({"text_en": " "}, NeedsTexts),
        ({"act": "dance"}, BadChoice),
        ({"hazard_type": "NO_SUCH"}, BadChoice),
        ({"hazard_type": "MANHOLE_OPEN", "group": "ground"}, BadChoice),
    ],
)
def test_what_makes_no_sense_is_not_saved(case: Case, more: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        case.add(case.manager, case.ours, **more)
    case.session.rollback()
    assert case.session.scalars(select(ReplyTemplate).where(ReplyTemplate.code.like("own-%"))).all() == []


def test_a_change_stands_in_the_audit_and_an_administrator_takes_it_back(case: Case) -> None:
    code = case.add(case.manager, case.ours).code
    edit_template(case.session, by=case.manager, code=code, facts=replace(FACTS, text_ru="Взяли"), now=NOW)
    entry = case.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.noun, entry.key, entry.by_account) == ("reply_template", code, case.manager.account_id)
    undo_change(case.session, by=case.administrator, entry_id=entry.id, now=NOW)
    found = template_by_code(case.session, code)
    assert found is not None
    assert found.text_ru == "Принято: {reference}"


def test_the_file_changes_what_nobody_touched_and_nothing_else(case: Case) -> None:
    facts = replace(FACTS, act="fix", offered=False)
    edit_template(case.session, by=case.administrator, code="fix-done", facts=facts, now=NOW)
    case.session.execute(ReplyTemplate.__table__.update().where(ReplyTemplate.code == "not-found").values(text_kk="x"))
    load_reference_data(case.session, DATA)
    case.session.expire_all()
    ours, theirs = template_by_code(case.session, "fix-done"), template_by_code(case.session, "not-found")
    assert ours is not None
    assert theirs is not None
    assert (ours.text_ru, ours.offered) == ("Принято: {reference}", False)
    assert theirs.text_kk != "x"


def test_every_line_of_the_file_is_of_an_act_and_of_known_types() -> None:
    rows = read_yaml(DATA / "reply_templates.yaml")["templates"]
    types = {row["code"]: row["group"] for row in read_yaml(DATA / "hazard_types.yaml")["hazards"]}
    assert len({row["code"] for row in rows}) == len(rows)
    for row in rows:
        assert Act(row["act"])
        assert row.get("type") is None or row["type"] in types
        assert row.get("group") is None or row["group"] in set(types.values())
