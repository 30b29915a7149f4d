"""Who answers where: a table of an area's parts and all kinds of hazards, what is missing first, and dead rules.

Decision: kinds are the lines and areas the columns: names of kinds are long, and a city has eight districts but
thirty-five kinds. Rules that nothing reaches are told in groups, since a thousand building managers share one reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.coverage import Answer, Dead
from app.domain.permissions import Permission
from app.domain.routing import AreaHit
from app.i18n import format_day, gettext, language
from app.models import HazardType
from app.queries.coverage import Coverage, coverage_of
from app.web import labels
from app.web.access import access
from app.web.admin.routes import bp
from app.web.context import db, now, policy

NAMED = 12


@bp.get("/coverage")
@access(Permission.ADMINISTER)
def coverage() -> ResponseReturnValue:
    """Of the area and the day in the address; without an area, of those at the top."""
    day, wrong = _day(request.args.get("day", ""))
    code = request.args.get("area", "")[:40] or None
    with db() as session:
        found = coverage_of(session, code, day=day, language=language())
    if found is None:
        abort(404)
    page = render_template(
        "admin/coverage.html",
        area=_name(found, found.chosen) if found.chosen else None,
        code=found.chosen,
        above=[{"code": code, "name": _name(found, code)} for code in reversed(found.above)],
        day=request.args.get("day", "") if wrong else day.isoformat(),
        day_words=format_day(day),
        wrong=wrong,
        columns=[_column(found, hit) for hit in found.columns],
        more=found.more,
        groups=_groups(found),
        gaps=_finds(found, lambda answer: answer.is_gap),
        triage=_finds(found, lambda answer: answer.is_triage),
        unreached=_unreached(found),
        dead_rules=len(found.unreached),
    )
    return page, 422 if wrong else 200


def _day(typed: str) -> tuple[date, str | None]:
    """The day asked for, else today and what is wrong."""
    today = policy().day(now())
    try:
        return (date.fromisoformat(typed) if typed else today), None
    except ValueError:
        return today, gettext("Give the day as year-month-day, for example 2026-11-24.")


def _name(found: Coverage, code: str) -> str:
    return found.areas.get(code, code)


def _column(found: Coverage, hit: AreaHit) -> dict[str, Any]:
    rest = hit.code == found.chosen and len(found.columns) > 1
    return {
        "code": hit.code,
        "name": gettext("Elsewhere: %(area)s", area=_name(found, hit.code)) if rest else _name(found, hit.code),
        "kind": labels.area_kind(hit.kind),
        "opens": hit.code in found.parents,
    }


def _groups(found: Coverage) -> list[dict[str, Any]]:
    """Lines of the table by group: (name of the kind, cells)."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for kind in found.types:
        cells = [_cell(found, found.answers.get((hit.code, kind.code), ())) for hit in found.columns]
        groups.setdefault(kind.group, []).append({"name": kind.name(language()), "cells": cells})
    return [{"code": code, "name": labels.group(code), "rows": rows} for code, rows in groups.items()]


def _cell(found: Coverage, given: Sequence[Answer]) -> dict[str, Any]:
    tone = "gap" if any(a.is_gap for a in given) else "triage" if any(a.is_triage for a in given) else "sure"
    return {"tone": tone, "answers": [_answer(found, each) for each in given]}


def _answer(found: Coverage, answer: Answer) -> dict[str, Any]:
    if answer.body is None or answer.basis is None:
        return {"body": None, "basis": ""}
    return {"body": found.bodies.get(answer.body, answer.body), "basis": labels.basis_short(answer.basis)}


def _finds(found: Coverage, wanted: Any) -> list[dict[str, Any]]:
    """Kinds of hazards with the areas in which an answer is `wanted`."""
    lines = [(kind, _where(found, kind, wanted)) for kind in found.types]
    return [{"kind": kind.name(language()), "areas": areas} for kind, areas in lines if areas]


def _where(found: Coverage, kind: HazardType, wanted: Any) -> list[str]:
    hits = [hit for hit in found.columns if any(map(wanted, found.answers.get((hit.code, kind.code), ())))]
    if len(hits) == len(found.columns) > 1:
        return [gettext("Everywhere")]
    return [str(_column(found, hit)["name"]) for hit in hits]


def _unreached(found: Coverage) -> list[dict[str, Any]]:
    """Groups of bodies whose rules share areas and reason."""
    alike: dict[tuple[str, Dead, str | None], dict[str, None]] = {}
    for each in found.unreached:
        alike.setdefault((each.area, each.why, each.before), {})[each.body] = None
    groups: dict[tuple[Dead, str | None, tuple[str, ...]], list[dict[str, str]]] = {}
    for (area, why, before), bodies in alike.items():
        groups.setdefault((why, before, tuple(bodies)), []).append({"code": area, "name": _name(found, area)})
    return [
        {
            "bodies": [found.bodies.get(body, body) for body in bodies[:NAMED]],
            "more": max(0, len(bodies) - NAMED),
            "areas": areas,
            "why": labels.dead(why),
            "before": found.bodies.get(before, before) if before else None,
        }
        for (why, before, bodies), areas in groups.items()
    ]
