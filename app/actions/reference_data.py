"""Load the reference data: hazard types, kinds of bodies, the calendar, templates, the steps of the escalation.

Loading again changes nothing.

Decision: what a file says replaces what the table holds, by code or by day; rows that are no longer in the file stay,
since hazards speak of them. What an administrator has changed (it has an audit entry) is theirs from then on: a type
then takes from the file only what no administrator can change, a day or a step nothing, not even when they took it
out.
Turned down: migrations that insert, which nobody may edit once they have run.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.administration.calendar import DAY
from app.actions.administration.escalation import DUTY_CODE, DUTY_RULE, STEP
from app.actions.administration.types import TYPE
from app.actions.reply_templates import TEMPLATE
from app.domain.escalation import Step, read_schedule
from app.domain.reply import check_template
from app.domain.type_rules import NOT_REPORTABLE
from app.models import BodyKind, CalendarDay, DutyRule, EscalationStep, HazardType, HintKind, ReplyTemplate
from app.queries.audit import edited_keys

Row = dict[str, Any]


def load_reference_data(session: Session, data_dir: Path) -> dict[str, int]:
    """Insert or update everything; how many rows each file has. Never commits."""
    taxonomy = read_yaml(data_dir / "hazard_types.yaml")
    kinds = [_body_kind(code, names) for code, names in taxonomy["body_kinds"].items()]
    types = [_hazard_type(position, row) for position, row in enumerate(taxonomy["hazards"])]
    days = [_calendar_day(row) for row in read_yaml(data_dir / "calendar.yaml")["days"]]
    upsert(session, BodyKind, kinds, key="code")
    _load_types(session, types)
    _load_days(session, days)
    _load_hints(session, _hint_kinds(taxonomy))
    templates = [_template(row) for row in read_yaml(data_dir / "reply_templates.yaml")["templates"]]
    _load_templates(session, templates)
    return {
        "hazard types": len(types),
        "kinds of bodies": len(kinds),
        "calendar days": len(days),
        "templates": len(templates),
        "steps of the escalation": load_escalation(session, data_dir),
    }


def load_escalation(session: Session, data_dir: Path) -> int:
    """The schedule of the escalation and the minutes of the night duty; how many steps the file has."""
    said = read_yaml(data_dir / "escalation.yaml")
    steps = [_step(severity, each) for severity, found in read_schedule(said["steps"]).items() for each in found]
    _load_steps(session, steps)
    _load_acknowledge(session, said["acknowledge_minutes"])
    return len(steps)


def _load_types(session: Session, types: Sequence[Row]) -> None:
    edited = edited_keys(session, TYPE.name)
    upsert(session, HazardType, [row for row in types if row["code"] not in edited], key="code")
    fixed = [_but(row, TYPE.fields) for row in types if row["code"] in edited]
    if fixed:
        session.execute(update(HazardType), fixed)


def _load_hints(session: Session, hints: Sequence[Row]) -> None:
    new = insert(HintKind)
    change = new.on_conflict_do_update(index_elements=["hint", "value"], set_={"body_kind": new.excluded.body_kind})
    session.execute(change, list(hints))


def _load_days(session: Session, days: Sequence[Row]) -> None:
    edited = edited_keys(session, DAY.name)
    upsert(session, CalendarDay, [row for row in days if row["day"].isoformat() not in edited], key="day")


def _load_templates(session: Session, templates: Sequence[Row]) -> None:
    edited = edited_keys(session, TEMPLATE.name)
    upsert(session, ReplyTemplate, [row for row in templates if row["code"] not in edited], key="code")


def _load_steps(session: Session, steps: Sequence[Row]) -> None:
    """Only what differs, so that loading the same again sends no sweep over the open hazards."""
    edited = edited_keys(session, STEP.name)
    stands = {row.key: STEP.snapshot(row) for row in session.scalars(select(EscalationStep))}
    changed = [row for row in steps if row["key"] not in edited and row != stands.get(row["key"])]
    upsert(session, EscalationStep, [row | {"fresh": True} for row in changed], key="key")


def _load_acknowledge(session: Session, minutes: int) -> None:
    if DUTY_CODE not in edited_keys(session, DUTY_RULE.name):
        upsert(session, DutyRule, [{"code": DUTY_CODE, "minutes": minutes}], key="code")


def _but(row: Row, names: Sequence[str]) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def read_yaml(path: Path) -> Any:
    """The content of one of our own files."""
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - the safe loader, in C where there is one


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def upsert(session: Session, model: Any, rows: Sequence[Row], *, key: str) -> None:
    """Insert `rows`, or update those whose `key` is already there."""
    if not rows:
        return
    statement = insert(model)
    columns = {name: statement.excluded[_column(model, name)] for name in rows[0] if name != key}
    named = {_column(model, name): value for name, value in columns.items()}
    session.execute(statement.on_conflict_do_update(index_elements=[key], set_=named), list(rows))


def _column(model: Any, attribute: str) -> str:
    return str(getattr(model, attribute).expression.name)


def _body_kind(code: str, names: Row) -> Row:
    return {"code": code, **_names(names)}


def _hint_kinds(taxonomy: Row) -> list[Row]:
    """Letters on a cover, then the other hints. "Unknown" is no hint."""
    networks = {network: row["first"] for network, row in taxonomy["manhole_network_routing"].items()}
    pairs = {"network": {name: kind for name, kind in networks.items() if name != "unknown"}, **taxonomy["hint_kinds"]}
    return [
        {"hint": hint, "value": value, "body_kind": kind}
        for hint, kinds in pairs.items()
        for value, kind in kinds.items()
    ]


def _calendar_day(row: Row) -> Row:
    return {"day": row["date"], **{name: row[name] for name in ("working", "name_kk", "name_ru", "name_en")}}


def _hazard_type(position: int, row: Row) -> Row:
    fix = row["fix"] or {"value": None, "unit": None}
    return {
        "code": row["code"],
        "group": row["group"],
        **_names(row["names"]),
        **{f"advice_{language}": text for language, text in row["advice"].items()},
        "geometry": row["geometry"],
        "severity": row["severity"],
        "make_safe_hours": row["make_safe_h"],
        "fix_value": fix["value"],
        "fix_unit": fix["unit"],
        "emergency_mode": row["emergency"]["mode"],
        "dial": row["emergency"].get("dial", []),
        "publish": row["publish"],
        "ask": row["ask"],
        "season": row.get("season", []),
        "duplicate_radius_m": row["duplicate_radius_m"],
        "responsible": row["responsible"],
        "reportable": row["code"] not in NOT_REPORTABLE,
        "position": position,
    }


def _step(severity: str, step: Step) -> Row:
    return {
        "key": f"{severity}:{step.code}",
        "severity": str(severity),
        "code": step.code,
        "clock": step.clock and step.clock.value,
        "share": step.share,
        "hours": None if step.share is not None else step.hours,
        "tell": [each.value for each in step.tell],
    }


def _template(row: Row) -> Row:
    """A line of the file. Raises NeedsTexts, BadPlaceholder."""
    texts = {f"text_{language}": row[language].strip() for language in ("kk", "ru", "en")}
    for text in texts.values():
        check_template(text)
    return {"code": row["code"], "hazard_type": row.get("type"), "group": row.get("group"), "act": row["act"], **texts}


def _names(names: Row) -> Row:
    return {f"name_{language}": names[language] for language in ("kk", "ru", "en")}
