"""An entry of the audit in words: whose row it is, and each column that changed, from what to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.actions.administration.undo import NOUNS
from app.domain.hints import Hint
from app.domain.shifts import clock
from app.i18n import format_datetime, format_day, gettext
from app.models import AuditEntry
from app.queries.bodies import all_bodies, body_kinds
from app.queries.hazard_types import all_types
from app.queries.names import area_names, body_names, crew_names, people_names
from app.web import labels, labels_accounts, labels_escalation
from app.web import labels_admin as words

EMPTY = "—"
SAID_BY_TITLE = {"escalation_step": {"key", "severity", "code"}, "duty_rule": {"code"}}
"""Columns that the title has in words."""


@dataclass(frozen=True)
class Names:
    """Names of what entries speak of: bodies, people, crews by id, others by code; `signs`: bodies named on a sign."""

    language: str
    bodies: Mapping[int, str]
    areas: Mapping[str, str]
    types: Mapping[str, str]
    kinds: Mapping[str, str]
    signs: Mapping[str, str]
    people: Mapping[int, str]
    crews: Mapping[int, str]

    @classmethod
    def of(cls, session: Session, entries: Sequence[AuditEntry], language: str, today: date) -> Names:
        sides = [side for entry in entries for side in (entry.before, entry.after) if side]
        areas = {side["area_code"] for side in sides if side.get("area_code")}
        signs = {side["hint_value"] for side in sides if side.get("hint") == Hint.SIGN}
        return cls(
            language,
            {number: name for number, name, _on in all_bodies(session, language)},
            area_names(session, areas, language, day=today),
            {kind.code: kind.name(language) for kind in all_types(session)},
            dict(body_kinds(session, language)),
            body_names(session, signs, language),
            people_names(session, _ids(sides, "account_id", "deputy_id")),
            crew_names(session, _ids(sides, "crew_id")),
        )


def _ids(sides: Sequence[Mapping[str, Any]], *columns: str) -> set[int]:
    return {side[column] for side in sides for column in columns if side.get(column)}


def entry_words(entry: AuditEntry, names: Names, *, who: str | None, undone: int | None) -> dict[str, Any]:
    """What the page shows of an entry."""
    return {
        "id": entry.id,
        "at": format_datetime(entry.at),
        "who": who or gettext("The system"),
        "noun": words.noun(entry.noun),
        "what": _title(entry, names),
        "how": _how(entry),
        "lines": _lines(entry, names),
        "undone": undone is not None,
        "may_undo": entry.noun in NOUNS,
        "undoes": entry.undoes_id is not None,
    }


def _how(entry: AuditEntry) -> str:
    if entry.before is None:
        return "made"
    return "removed" if entry.after is None else "changed"


def _title(entry: AuditEntry, names: Names) -> str:
    """The name of the row, of its newest state that is known."""
    side: Mapping[str, Any] = entry.after or entry.before or {}
    readers: dict[str, Callable[[], str]] = {
        "rule": lambda: _rule_title(side, names),
        "day": lambda: format_day(date.fromisoformat(entry.key)),
        "duty_contact": lambda: f"{side.get('name', '')} · {names.bodies.get(side.get('body_id', 0), EMPTY)}",
        "escalation_step": lambda: _step_title(side),
        "duty_rule": lambda: gettext("Minutes to answer"),
        "reply_template": lambda: str(side.get(f"text_{names.language}") or entry.key)[:80],
        **dict.fromkeys(("account", "crew_member", "deputy", "shift"), lambda: _people_title(side, names)),
    }
    reader = readers.get(entry.noun)
    return reader() if reader else str(side.get(f"name_{names.language}") or side.get("name") or entry.key)


def _rule_title(side: Mapping[str, Any], names: Names) -> str:
    body = names.bodies.get(side.get("body_id", 0), EMPTY)
    return gettext("%(body)s in %(area)s", body=body, area=_value("area_code", side, names))


def _step_title(side: Mapping[str, Any]) -> str:
    return f"{labels.severity(side['severity'])} · {labels_escalation.moment(side.get('share'), side.get('hours'))}"


def _people_title(side: Mapping[str, Any], names: Names) -> str:
    people, crews = names.people, names.crews
    who = [
        people.get(side.get("account_id", 0)),
        crews.get(side.get("crew_id", 0)),
        people.get(side.get("deputy_id", 0)),
    ]
    return " · ".join(each for each in who if each)


def _lines(entry: AuditEntry, names: Names) -> list[dict[str, str]]:
    """Each column that differs; of a row that was made or removed, all that it held."""
    before, after = entry.before or {}, entry.after or {}
    found = []
    for name in after or before:
        if before.get(name) == after.get(name) or name in SAID_BY_TITLE.get(entry.noun, ()):
            continue
        was = _value(name, before, names) if name in before else ""
        now = _value(name, after, names) if name in after else ""
        if (was or EMPTY) != (now or EMPTY):
            found.append({"field": words.field(name), "was": was, "now": now})
    return found


def _value(name: str, side: Mapping[str, Any], names: Names) -> str:
    value = side.get(name)
    if value is None or value in ("", []):
        return words.months([]) if name == "season" else EMPTY
    if isinstance(value, bool):
        return words.yes_no(value)
    if name in {"starts", "ends"} and isinstance(value, int):
        return clock(value)
    if name == "hint_value":
        return (
            names.signs.get(value, value) if side.get("hint") == Hint.SIGN else labels.hint_value(side["hint"], value)
        )
    return _coded(name, value, names)


def _coded(name: str, value: Any, names: Names) -> str:
    """Codes and numbers by the column they stand in; anything else as it is."""
    readers: dict[str, Any] = {
        "kind": lambda: names.kinds.get(value, value),
        "responsible": lambda: ", ".join(names.kinds.get(each, each) for each in value),
        "parent_id": lambda: names.bodies.get(value, EMPTY),
        "body_id": lambda: names.bodies.get(value, EMPTY),
        "area_code": lambda: names.areas.get(value, value),
        "hazard_type": lambda: names.types.get(value, value),
        "group": lambda: labels.group(value),
        "hint": lambda: labels.hint(value),
        "language": lambda: words.mail_language(value),
        "act": lambda: labels.act(value),
        "severity": lambda: labels.severity(value),
        "publish": lambda: words.publish(value),
        "fix_unit": lambda: words.fix_unit(value),
        "season": lambda: words.months(value),
        "valid_from": lambda: format_day(date.fromisoformat(value)),
        "valid_until": lambda: format_day(date.fromisoformat(value)),
        "day": lambda: format_day(date.fromisoformat(value)),
        "starts_on": lambda: format_day(date.fromisoformat(value)),
        "ends_on": lambda: format_day(date.fromisoformat(value)),
        "account_id": lambda: names.people.get(value, EMPTY),
        "deputy_id": lambda: names.people.get(value, EMPTY),
        "crew_id": lambda: names.crews.get(value, EMPTY),
        "weekday": lambda: words.weekday(value),
        "happened": lambda: labels_accounts.news(value),
        "clock": lambda: labels_escalation.clock(value),
        "share": lambda: f"{round(100 * value):g} %",
        "hours": lambda: f"{value:g}",
        "tell": lambda: labels_escalation.told(value),
        "roles": lambda: ", ".join(labels.role(each) for each in value),
    }
    return str(readers[name]()) if name in readers else str(value)
