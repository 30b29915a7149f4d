"""A pin, a kind of hazard and what was seen: who would answer, and how that is decided. Nothing is written.

Decision: a GET form, so that the answer has an address that can be sent to a colleague. The map writes into the two
fields of the coordinates, which are all there is without script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from shapely.geometry import Point
from sqlalchemy.orm import Session
from wtforms import Form, SelectField, StringField

from app.domain import geo
from app.domain.errors import BadHint, DomainError, UnknownHazardType
from app.domain.hints import parse_hints
from app.domain.permissions import Permission
from app.domain.routing import Candidate, Step
from app.i18n import format_number, gettext, language
from app.i18n import lazy_gettext as _
from app.queries.intake import hazard_type
from app.queries.names import body_choices
from app.queries.staff import reportable_types
from app.queries.what_if import WhatIf, decided_at
from app.web import hint_fields, labels
from app.web.access import access
from app.web.admin.routes import bp
from app.web.context import db, now, policy
from app.web.hint_fields import HintFields
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts

FIRST_STEPS = 30


class WhatIfForm(HintFields, Form):
    """What the address holds. `day`: YYYY-MM-DD, today where it is empty."""

    type = SelectField(_("Kind of hazard"), choices=[], validate_choice=False)
    lat = StringField(_("Latitude"))
    lon = StringField(_("Longitude"))
    day = StringField(_("Day"))


@bp.get("/what-if")
@access(Permission.ADMINISTER)
def what_if() -> ResponseReturnValue:
    """The form, and the answer where the address holds a question."""
    asked = "type" in request.args
    form = WhatIfForm(request.args if asked else None, day=policy().day(now()).isoformat())
    with db() as session:
        _fill(session, form)
        found = _answer(session, form) if asked else None
        place = _place(form) if asked and not form.lat.errors else None
    page = render_template(
        "admin/what_if.html",
        form=form,
        hints=hint_fields.fields_of(form),
        parts=map_parts(Kind.PICK),
        place=(place.y, place.x) if place else (None, None),
        answer=_words(found) if found else None,
    )
    return page, 422 if form.errors else 200


def _fill(session: Session, form: WhatIfForm) -> None:
    groups: dict[str, list[tuple[str, str]]] = {"": [("", labels.choose())]}
    for code, group, name in reportable_types(session, language()):
        groups.setdefault(labels.group(group), []).append((code, name))
    form.type.choices = groups
    hint_fields.offer(form, body_choices(session, language()))


def _answer(session: Session, form: WhatIfForm) -> WhatIf | None:
    """The decision, or None with each fault said at its field."""
    day, place, hints = _day(form), _place(form), _hints(form)
    try:
        kind = hazard_type(session, (form.type.data or "")[:40])
    except UnknownHazardType as error:
        form.type.errors = [labels.error(error)]
        return None
    if day is None or place is None or hints is None:
        return None
    return decided_at(
        session,
        place=place,
        hazard_type=kind.key,
        hints=hints,
        day=day,
        tolerance_m=policy().tolerance_m,
        language=language(),
    )


def _day(form: WhatIfForm) -> date | None:
    if not form.day.data:
        form.day.data = policy().day(now()).isoformat()
    try:
        return date.fromisoformat(form.day.data)
    except ValueError:
        form.day.errors = [gettext("Give the day as year-month-day, for example 2026-11-24.")]
        return None


def _place(form: WhatIfForm) -> Point | None:
    try:
        return geo.point(geo.parse_degrees(form.lon.data), geo.parse_degrees(form.lat.data), policy().bounds)
    except DomainError as error:
        form.lat.errors = [labels.error(error)]
        return None


def _hints(form: WhatIfForm) -> dict[str, str] | None:
    try:
        return parse_hints(hint_fields.given(form))
    except BadHint as error:
        form[error.values["hint"]].errors = [labels.error(error)]
        return None


def _words(found: WhatIf) -> dict[str, Any]:
    decision = found.decision
    steps = [_step(found, step) for step in decision.trace]
    return {
        "body": found.bodies.get(decision.trace[0].body or "") if decision.body_id is not None else None,
        "basis": labels.basis_for_staff(decision.basis) if decision.basis else None,
        "citizen": labels.basis(decision.basis) if decision.basis else None,
        "owner_unknown": decision.owner_unknown,
        "confidence": format_number(round(decision.confidence * 100)),
        "areas": [
            {
                "code": hit.code,
                "name": found.area_names.get(hit.code, hit.code),
                "kind": labels.area_kind(hit.kind),
                "distance": format_number(round(hit.distance_m)) if hit.distance_m else None,
            }
            for hit in found.areas
        ],
        "steps": steps[:FIRST_STEPS],
        "later": steps[FIRST_STEPS:],
    }


def _step(found: WhatIf, step: Step) -> dict[str, Any]:
    rule = found.rules.get(step.rule_id or 0)
    return {
        "text": labels.trace_step(asdict(step), bodies=found.bodies, areas=found.area_names),
        "why": step.why.value,
        "rule": _rule(rule, found.bodies) if rule else "",
        "rule_id": step.rule_id,
    }


def _rule(rule: Candidate, bodies: Mapping[str, str]) -> str:
    """What the rule is for, and when it applies: "For this kind of hazard · order 10"."""
    if rule.hazard_type:
        what = gettext("For one kind of hazard")
    elif rule.group:
        what = gettext("For the group: %(group)s", group=labels.group(rule.group))
    else:
        what = gettext("For all that such organisations do")
    seen = labels.hint_words({rule.hint: rule.hint_value}, bodies) if rule.hint and rule.hint_value else []
    waits = [gettext("only if seen: %(what)s, %(value)s", what=what_seen, value=value) for what_seen, value in seen]
    return " · ".join([what, *waits, gettext("order %(num)s", num=rule.rank)])
