"""Each change an administrator makes is checked, noted as before and after, and can be taken back."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.administration.bodies import BODY, edit_body, make_body
from app.actions.administration.calendar import add_day, edit_day, remove_day
from app.actions.administration.escalation import StepFacts, add_step, edit_acknowledge, edit_step, remove_step
from app.actions.administration.record import fingerprint
from app.actions.administration.rules import delete_rule, edit_rule, make_rule
from app.actions.administration.types import edit_type
from app.actions.administration.undo import undo_change
from app.actions.map_cells import fold
from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.domain import errors
from app.domain.permissions import Actor, Role
from app.models import Body, CalendarDay, DutyRule, EscalationStep, HazardType, HintKind, MapCell, Responsibility
from tests.actions.administration_kit import (
    TODAY,
    account,
    body,
    body_facts,
    by,
    entries,
    last,
    refused,
    rule_facts,
    type_facts,
)
from tests.jobs.kit import NOW, add_body, add_hazard

__all__ = ["body", "by"]
DAY = date(2027, 7, 7)
NAMES = ("Мереке", "Праздник", "Holiday")


def test_body_is_made_edited_and_both_taken_back(session: Session, by: Actor) -> None:
    made = make_body(session, by=by, code="heat", facts=body_facts(), now=NOW)
    made.mail_failed_at = NOW
    edit_body(session, by=by, code="heat", facts=body_facts(email="new@city.example"), now=NOW)
    made_entry, edited = entries(session)
    assert (made_entry.before, made_entry.after["email"]) == (None, "heat@city.example")
    assert (edited.before["email"], edited.after["email"]) == ("heat@city.example", "new@city.example")
    assert made.mail_failed_at is None
    undo_change(session, by=by, entry_id=edited.id, now=NOW)
    assert (made.email, last(session).undoes_id) == ("heat@city.example", edited.id)
    with pytest.raises(errors.AlreadyUndone):
        undo_change(session, by=by, entry_id=edited.id, now=NOW)
    undo_change(session, by=by, entry_id=made_entry.id, now=NOW)
    assert session.scalar(select(Body.id).where(Body.code == "heat")) is None
    undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    assert session.scalars(select(Body).where(Body.code == "heat")).one().name_en == "Heating"


def test_nobody_s_later_change_is_written_over(session: Session, by: Actor) -> None:
    made = make_body(session, by=by, code="heat", facts=body_facts(), now=NOW)
    shown = fingerprint(BODY.snapshot(made))
    edit_body(session, by=by, code="heat", facts=body_facts(phone="104"), now=NOW, seen=shown)
    first = last(session).id
    with refused(session, errors.StaleVersion):
        edit_body(session, by=by, code="heat", facts=body_facts(phone="105"), now=NOW, seen=shown)
    with refused(session, errors.NothingChanged):
        edit_body(session, by=by, code="heat", facts=body_facts(phone="104"), now=NOW)
    edit_body(session, by=by, code="heat", facts=body_facts(phone="105"), now=NOW)
    with refused(session, errors.ChangedSince):
        undo_change(session, by=by, entry_id=first, now=NOW)


def test_body_without_sense_is_refused(session: Session, by: Actor, body: int) -> None:
    wrongs: list[tuple[dict[str, Any], type[errors.DomainError]]] = [
        ({"name_en": " "}, errors.NeedsNames),
        ({"email": "not an address"}, errors.BadEmail),
        ({"kind": "no_such_kind"}, errors.BadChoice),
        ({"language": "de"}, errors.BadChoice),
        ({"parent_id": 999_999}, errors.UnknownBody),
    ]
    for wrong, refusal in wrongs:
        with refused(session, refusal):
            make_body(session, by=by, code="heat", facts=body_facts(**wrong), now=NOW)
    for code in ("Heat", "x", "a b", "-x", ""):
        with refused(session, errors.BadBodyCode):
            make_body(session, by=by, code=code, facts=body_facts(), now=NOW)
    make_body(session, by=by, code="heat", facts=body_facts(), now=NOW)
    with refused(session, errors.BodyCodeTaken):
        make_body(session, by=by, code="heat", facts=body_facts(), now=NOW)


def test_parents_never_go_in_a_circle(session: Session, by: Actor, body: int) -> None:
    above = make_body(session, by=by, code="above", facts=body_facts(), now=NOW)
    make_body(session, by=by, code="below", facts=body_facts(parent_id=above.id), now=NOW)
    below = session.scalars(select(Body).where(Body.code == "below")).one()
    for parent in (above.id, below.id):
        with refused(session, errors.ParentCycle):
            edit_body(session, by=by, code="above", facts=body_facts(parent_id=parent), now=NOW)


def test_body_with_a_rule_is_not_unmade_and_the_rule_s_end_is_taken_back(session: Session, by: Actor) -> None:
    made = make_body(session, by=by, code="heat", facts=body_facts(), now=NOW)
    entry = last(session).id
    rule = make_rule(session, by=by, facts=rule_facts(made.id, group="ground"), now=NOW)
    with refused(session, errors.StillInUse):
        undo_change(session, by=by, entry_id=entry, now=NOW)
    ended = rule_facts(made.id, group="ground", valid_until=TODAY + timedelta(days=30))
    edit_rule(session, by=by, rule_id=rule.id, facts=ended, now=NOW)
    assert last(session).after["valid_until"] == "2026-12-24"
    undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    assert rule.valid_until is None


def test_body_with_open_hazards_is_switched_off_only_knowingly(session: Session, by: Actor, body: int) -> None:
    made = make_body(session, by=by, code="heat", facts=body_facts(), now=NOW)
    add_hazard(session, body_id=made.id)
    off = body_facts(active=False)
    with refused(session, errors.BodyHasHazards):
        edit_body(session, by=by, code="heat", facts=off, now=NOW)
    edit_body(session, by=by, code="heat", facts=off, now=NOW, leave_hazards=True)
    assert not made.active


def test_only_a_rule_that_was_never_in_force_is_deleted(session: Session, by: Actor, body: int) -> None:
    now_on = make_rule(session, by=by, facts=rule_facts(body), now=NOW)
    with pytest.raises(errors.RuleInForce):
        delete_rule(session, by=by, rule_id=now_on.id, today=TODAY, now=NOW)
    later = make_rule(session, by=by, facts=rule_facts(body, valid_from=TODAY + timedelta(days=1)), now=NOW)
    delete_rule(session, by=by, rule_id=later.id, today=TODAY, now=NOW)
    assert session.scalar(select(func.count()).select_from(Responsibility)) == 1
    undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    assert session.scalar(select(func.count()).select_from(Responsibility)) == 2


def test_rule_without_sense_is_refused(session: Session, by: Actor, body: int) -> None:
    wrongs: list[tuple[dict[str, Any], type[errors.DomainError]]] = [
        ({"area_code": "nowhere"}, errors.UnknownArea),
        ({"hazard_type": "NO_SUCH"}, errors.BadChoice),
        ({"hazard_type": "ROPE", "group": "ground"}, errors.BadChoice),
        ({"group": "no_such"}, errors.BadChoice),
        ({"hint": "network"}, errors.BadChoice),
        ({"hint": "network", "hint_value": "lava"}, errors.BadHint),
        ({"hint": "sign", "hint_value": "nobody"}, errors.UnknownBody),
        ({"rank": 40_000}, errors.BadRank),
        ({"valid_until": TODAY}, errors.BadPeriod),
        ({}, errors.SameRule),
    ]
    make_rule(session, by=by, facts=rule_facts(body), now=NOW)
    for wrong, refusal in wrongs:
        with refused(session, refusal):
            make_rule(session, by=by, facts=rule_facts(body, **wrong), now=NOW)


def test_day_is_added_changed_and_removed(session: Session, by: Actor) -> None:
    add_day(session, by=by, day=DAY, working=False, names=NAMES, now=NOW)
    edit_day(session, by=by, day=DAY, working=True, names=NAMES, now=NOW)
    remove_day(session, by=by, day=DAY, now=NOW)
    assert [(e.key, e.before is None, e.after is None) for e in entries(session)] == [
        ("2027-07-07", True, False), ("2027-07-07", False, False), ("2027-07-07", False, True),
    ]  # fmt: skip
    undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    assert session.get_one(CalendarDay, DAY).working is True
    with pytest.raises(errors.DayTaken):
        add_day(session, by=by, day=DAY, working=False, names=NAMES, now=NOW)


def test_type_is_edited_and_taken_back(session: Session, by: Actor, body: int) -> None:
    kind = session.get_one(HazardType, "ROPE")
    facts = type_facts(kind, name_ru="Верёвка", make_safe_hours=None, season=[11, 12, 1])
    edit_type(session, by=by, code="ROPE", facts=facts, now=NOW)
    assert (kind.name_ru, kind.make_safe_hours, kind.season) == ("Верёвка", None, [11, 12, 1])
    undo_change(session, by=by, entry_id=last(session).id, now=NOW)
    assert (kind.make_safe_hours, kind.season) == (4, [])


def test_type_without_sense_is_refused(session: Session, by: Actor) -> None:
    wrongs: list[tuple[str, dict[str, Any], type[errors.DomainError]]] = [
        ("ROPE", {"advice_kk": ""}, errors.NeedsNames),
        ("ROPE", {"make_safe_hours": 0}, errors.BadTarget),
        ("ROPE", {"fix_value": None}, errors.BadTarget),
        ("ROPE", {"fix_unit": "weeks"}, errors.BadTarget),
        ("ROPE", {"season": [13]}, errors.BadChoice),
        ("ROPE", {"severity": "huge"}, errors.BadChoice),
        ("ROPE", {"responsible": []}, errors.NeedsKinds),
        ("ROPE", {"responsible": ["no_such"]}, errors.NeedsKinds),
        ("SUSPICIOUS_OBJECT", {"publish": "after_review"}, errors.NeverPublic),
    ]
    for code, wrong, refusal in wrongs:
        with refused(session, refusal):
            facts = type_facts(session.get_one(HazardType, code), **wrong)
            edit_type(session, by=by, code=code, facts=facts, now=NOW)


def test_map_follows_when_a_type_stops_being_public(session: Session, by: Actor, body: int) -> None:
    add_hazard(session)
    kind = session.get_one(HazardType, "MANHOLE_OPEN")
    for publish, shown in (("never", 0), ("pin_at_once", 1)):
        edit_type(session, by=by, code=kind.code, facts=type_facts(kind, publish=publish), now=NOW)
        fold(session)
        assert session.scalar(select(func.coalesce(func.sum(MapCell.n), 0)).where(MapCell.z == 0)) == shown


def test_seeding_again_keeps_what_an_administrator_changed(session: Session) -> None:
    load_reference_data(session, DATA)
    by = account(session, Role.ADMINISTRATOR)
    kind = session.get_one(HazardType, "MANHOLE_OPEN")
    edit_type(session, by=by, code=kind.code, facts=type_facts(kind, name_ru="Люк", make_safe_hours=1), now=NOW)
    remove_day(session, by=by, day=date(2026, 1, 1), now=NOW)
    remove_step(session, by=by, key="low:soon", now=NOW)
    edit_step(session, by=by, key="low:due", facts=StepFacts("fix", None, 5.0, ["above"]), now=NOW)
    edit_acknowledge(session, by=by, minutes=30, now=NOW)
    session.execute(text("UPDATE escalation_step SET tell = '{above}', fresh = false WHERE severity = 'high'"))
    session.execute(text("UPDATE hazard_type SET position = 99, name_kk = 'x' WHERE code = 'ROAD_COLLAPSE'"))
    session.execute(text("UPDATE hazard_type SET position = 99 WHERE code = 'MANHOLE_OPEN'"))
    session.execute(text("UPDATE hint_kind SET body_kind = 'heat_network' WHERE (hint, value) = ('network', 'water')"))
    load_reference_data(session, DATA)
    session.expire_all()
    assert session.get_one(HintKind, ("network", "water")).body_kind == "water_utility"
    assert (kind.name_ru, kind.make_safe_hours, kind.position) == ("Люк", 1, 0)
    assert session.get_one(HazardType, "ROAD_COLLAPSE").name_kk != "x"
    assert session.get(CalendarDay, date(2026, 1, 1)) is None
    steps = {row.key: row for row in session.scalars(select(EscalationStep))}
    assert "low:soon" not in steps
    assert (steps["low:due"].clock, steps["low:due"].hours, steps["low:due"].tell) == ("fix", 5.0, ["above"])
    assert (steps["high:due"].tell, steps["high:due"].fresh) == (["head"], True)
    assert session.scalars(select(DutyRule.minutes)).all() == [30]


def test_nobody_but_an_administrator_changes_anything(session: Session, by: Actor, body: int) -> None:
    other = add_body(session)
    dispatcher = account(session, Role.DISPATCHER, other)
    kind = session.get_one(HazardType, "ROPE")
    orders: list[Any] = [
        lambda: make_body(session, by=dispatcher, code="heat", facts=body_facts(), now=NOW),
        lambda: edit_body(session, by=dispatcher, code="heat", facts=body_facts(), now=NOW),
        lambda: make_rule(session, by=dispatcher, facts=rule_facts(body), now=NOW),
        lambda: edit_rule(session, by=dispatcher, rule_id=1, facts=rule_facts(body), now=NOW),
        lambda: delete_rule(session, by=dispatcher, rule_id=1, today=TODAY, now=NOW),
        lambda: add_step(session, by=dispatcher, severity="low", facts=StepFacts(None, 0.5, None, ["head"]), now=NOW),
        lambda: edit_step(session, by=dispatcher, key="x", facts=StepFacts(None, 0.5, None, ["head"]), now=NOW),
        lambda: remove_step(session, by=dispatcher, key="x", now=NOW),
        lambda: edit_acknowledge(session, by=dispatcher, minutes=20, now=NOW),
        lambda: add_day(session, by=dispatcher, day=DAY, working=False, names=NAMES, now=NOW),
        lambda: edit_day(session, by=dispatcher, day=DAY, working=False, names=NAMES, now=NOW),
        lambda: remove_day(session, by=dispatcher, day=DAY, now=NOW),
        lambda: edit_type(session, by=dispatcher, code="ROPE", facts=type_facts(kind), now=NOW),
        lambda: undo_change(session, by=dispatcher, entry_id=1, now=NOW),
    ]
    for order in orders:
        with pytest.raises(errors.NotPermitted):
            order()
    assert entries(session) == []
