"""The form of a rule: what it may hold, what was typed as facts, and what saving it would change, in words.

"For what" and "only where was seen" are one list each, so that nothing that excludes another can be chosen with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from app.actions.administration.record import fingerprint
from app.actions.administration.rules import RULE
from app.domain.hints import VALUES, Hint
from app.domain.rule_change import RuleFacts
from app.i18n import format_day, gettext, language
from app.i18n import lazy_gettext as _
from app.models import Body, HazardType, Responsibility
from app.queries.bodies import all_bodies
from app.queries.hazard_types import all_types
from app.queries.names import area_names, body_names
from app.queries.rules import areas_like
from app.web import labels
from app.web import labels_admin as words
from app.web.admin.common import chosen, text, whole
from app.web.forms import OurForm

REQUIRED = InputRequired(_("Please fill this in"))


class RuleForm(OurForm):
    """`what`: "", "group:<code>" or "type:<code>"; `seen_there`: "" or "<hint>:<value>"; `checked`: print of the facts
    whose consequences were shown.
    """

    body_id = SelectField(words.FIELDS["body_id"], [REQUIRED], validate_choice=False)
    area_code = StringField(words.FIELDS["area_code"], [REQUIRED])
    what = SelectField(_("For what"), validate_choice=False)
    seen_there = SelectField(_("Only where this was seen"), validate_choice=False)
    rank = StringField(words.FIELDS["rank"], [REQUIRED])
    valid_from = DateField(words.FIELDS["valid_from"], [InputRequired(_("Choose the day."))])
    valid_until = DateField(words.FIELDS["valid_until"], [Optional()])
    seen = HiddenField()
    checked = HiddenField()


def typed(row: Responsibility) -> dict[str, Any]:
    """What stands in the fields of a rule at first."""
    return {
        "body_id": str(row.body_id),
        "area_code": row.area_code,
        "what": _joined("type", row.hazard_type) or _joined("group", row.group),
        "seen_there": _joined(row.hint, row.hint_value),
        "rank": str(row.rank),
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "seen": fingerprint(RULE.snapshot(row)),
    }


def fill(session: Session, form: RuleForm) -> None:
    """The lists. A value that is not among them, as another's sign, is kept as it is."""
    bodies = [(number, name if on else _off(name)) for number, name, on in all_bodies(session, language())]
    form.body_id.choices = chosen(labels.choose(), bodies)
    form.what.choices = _whats(all_types(session))
    form.seen_there.choices = _sights(session, form)


def facts(session: Session, form: RuleForm) -> RuleFacts | None:
    """What was typed, or None after saying beside the area which are meant."""
    area = _area(session, form)
    if area is None:
        return None
    kind, _sep, code = (form.what.data or "").partition(":")
    hint, _sep, value = (form.seen_there.data or "").partition(":")
    rank = whole(form.rank.data)
    return RuleFacts(
        body_id=whole(form.body_id.data) or 0,
        area_code=area,
        hazard_type=code if kind == "type" else None,
        group=code if kind == "group" else None,
        hint=hint or None,
        hint_value=value or None,
        rank=-1 if rank is None else rank,
        valid_from=form.valid_from.data or date.min,
        valid_until=form.valid_until.data,
    )


def print_of(given: RuleFacts) -> str:
    """What the form carries to tell that the consequences of exactly this were shown."""
    return hashlib.sha256(repr(given).encode()).hexdigest()[:32]


def rule_words(session: Session, rows: Sequence[Any], today: date) -> list[dict[str, Any]]:
    """Rules of a list in words: (Responsibility, Body) each."""
    types = {kind.code: kind.name(language()) for kind in all_types(session)}
    areas = area_names(session, {rule.area_code for rule, _body in rows}, language(), day=today)
    signs = {rule.hint_value for rule, _body in rows if rule.hint == Hint.SIGN}
    signed = body_names(session, {code for code in signs if code}, language())
    return [_words(rule, body, types, areas, signed, today=today) for rule, body in rows]


def _words(
    rule: Responsibility,
    body: Body,
    types: dict[str, str],
    areas: dict[str, str],
    signed: dict[str, str],
    *,
    today: date,
) -> dict[str, Any]:
    ended = rule.valid_until is not None and rule.valid_until <= today
    return {
        "id": rule.id,
        "body": body.name(language()),
        "body_off": not body.active,
        "area": areas.get(rule.area_code, rule.area_code),
        "what": what_words(rule.hazard_type, rule.group, types),
        "hint": hint_words(rule.hint, rule.hint_value, signed),
        "rank": rule.rank,
        "from": format_day(rule.valid_from),
        "until": format_day(rule.valid_until) if rule.valid_until else "",
        "state": "ended" if ended else "later" if rule.valid_from > today else "now",
    }


def what_words(hazard_type: str | None, group: str | None, types: dict[str, str]) -> str:
    if hazard_type:
        return types.get(hazard_type, hazard_type)
    if group:
        return gettext("All of the group: %(group)s", group=labels.group(group))
    return gettext("All kinds that name its kind of organisation")


def hint_words(hint: str | None, value: str | None, signed: dict[str, str]) -> str:
    if not hint or not value:
        return ""
    seen = signed.get(value, value) if hint == Hint.SIGN else labels.hint_value(hint, value)
    return gettext("%(what)s: %(seen)s", what=labels.hint(hint), seen=seen)


def _area(session: Session, form: RuleForm) -> str | None:
    """The code of the one area that is meant."""
    found = areas_like(session, text(form.area_code.data)[:200], language())
    if len(found) == 1:
        return found[0][0]
    if not found:
        form.area_code.errors = [gettext("There is no such area.")]
    else:
        names = ", ".join(f"{name} ({code})" for code, name in found)
        form.area_code.errors = [
            gettext("Several areas are called so. Type one of these codes: %(areas)s", areas=names)
        ]
    return None


def _whats(types: Sequence[HazardType]) -> dict[str, list[tuple[str, str]]]:
    groups = dict.fromkeys(kind.group for kind in types)
    return {
        gettext("In general"): [("", gettext("All kinds that name its kind of organisation"))],
        gettext("A group"): [(f"group:{code}", labels.group(code)) for code in groups],
        gettext("One kind"): [(f"type:{kind.code}", kind.name(language())) for kind in types if kind.reportable],
    }


def _sights(session: Session, form: RuleForm) -> dict[str, list[tuple[str, str]]]:
    made = {gettext("Always"): [("", gettext("Whatever was seen"))]}
    for hint, values in VALUES.items():
        made[labels.hint(hint)] = [(f"{hint}:{value}", labels.hint_value(hint, value)) for value in values]
    signs = {f"{Hint.SIGN}:{code}": code for code in _sign_codes(session, form)}
    names = body_names(session, set(signs.values()), language())
    if signs:
        made[labels.hint(Hint.SIGN)] = [(key, names.get(code, code)) for key, code in signs.items()]
    return made


def _sign_codes(session: Session, form: RuleForm) -> list[str]:
    """Bodies whose sign may be chosen: the rule's own, once it is known, and the one that stands there."""
    number = whole(form.body_id.data)
    own = session.get(Body, number) if number and number > 0 else None
    hint, _sep, there = (form.seen_there.data or "").partition(":")
    codes = [own.code] if own else []
    return list(dict.fromkeys([*codes, *([there] if hint == Hint.SIGN else [])]))


def _joined(first: str | None, second: str | None) -> str:
    return f"{first}:{second}" if first and second else ""


def _off(name: str) -> str:
    return gettext("%(name)s (switched off)", name=name)


def area_field_name(session: Session, code: str, day: date) -> str:
    """The name of an area for whoever reads its code."""
    return area_names(session, {code}, language(), day=day).get(code, "") if code else ""
