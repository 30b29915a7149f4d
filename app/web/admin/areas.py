"""The areas on a map and as a list, and one area with its versions, its rules and its faults. Nothing is changed here:
borders come from imports.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.domain.permissions import Permission
from app.i18n import format_day, format_number, gettext, language
from app.models import Area
from app.queries import area_pages as query
from app.queries.area_checks import Flaw, check_areas
from app.queries.area_pages import AreaPage, Wanted
from app.queries.names import area_names
from app.web import labels
from app.web.access import access
from app.web.admin.routes import bp
from app.web.context import db, now, policy
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts


@bp.get("/areas")
@access(Permission.ADMINISTER)
def areas() -> ResponseReturnValue:
    """The list, narrowed by name or code, kind and level; the map shows the same."""
    wanted = _wanted()
    with db() as session:
        rows, following = query.areas_page(session, wanted, day=_today(), after=_after())
        kinds, levels = query.kinds_and_levels(session)
        names = area_names(session, {row.parent_code for row in rows} - {None}, language(), day=_today())
    asked = {"q": wanted.words, "kind": wanted.kind, "level": "" if wanted.level is None else str(wanted.level)}
    narrow: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return render_template(
        "admin/areas.html",
        rows=[_line(row, names) for row in rows],
        asked=asked,
        kinds=[(kind, labels.area_kind(kind)) for kind in kinds],
        levels=[(str(level), format_number(level)) for level in levels],
        outlines=url_for("admin.area_outlines", **narrow),
        next=url_for("admin.areas", after=f"{following[0]}_{following[1]}", **narrow) if following else None,
        first=url_for("admin.areas", **narrow) if request.args.get("after") else None,
        parts=map_parts(Kind.AREAS),
    )


@bp.get("/areas/outlines")
@access(Permission.ADMINISTER)
def area_outlines() -> Response:
    """Outlines as GeoJSON: of the list, or with `of` of one area and its parts."""
    code = request.args.get("of", "")[:40]
    with db() as session:
        if code:
            rows = query.outlines_around(session, code, day=_day())
        else:
            rows = query.outlines_of(session, _wanted(), day=_today())
    body = {"type": "FeatureCollection", "features": [_feature(row, code) for row in rows]}
    return Response(orjson.dumps(body), mimetype="application/geo+json")


@bp.get("/areas/checks")
@access(Permission.ADMINISTER)
def area_flaws() -> ResponseReturnValue:
    """Where the areas of today do not fit together."""
    with db() as session:
        found = check_areas(session, day=_today())
        lines = _flaws(session, found)
    return render_template("admin/area_checks.html", flaws=lines)


@bp.get("/areas/<code>")
@access(Permission.ADMINISTER)
def area(code: str) -> ResponseReturnValue:
    """One area in the version of the day in the address, else of today, else its last."""
    day = _day()
    with db() as session:
        page = query.area_page(session, code[:40], day=day, language=language())
        if page is None:
            abort(404)
        flaws = _flaws(session, check_areas(session, day=day, of=page.area.code))
    return render_template(
        "admin/area.html", a=_words(page), flaws=flaws, parts=map_parts(Kind.AREAS), day=format_day(day),
        outlines=url_for("admin.area_outlines", of=page.area.code, day=day.isoformat()),
    )  # fmt: skip


def _today() -> date:
    return policy().day(now())


def _day() -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return _today()


def _wanted() -> Wanted:
    level = request.args.get("level", "")
    return Wanted(
        request.args.get("q", "")[:80],
        request.args.get("kind", "")[:40],
        int(level) if level.isdecimal() and len(level) < 4 else None,
    )


def _after() -> tuple[int, str] | None:
    rank, _mark, code = request.args.get("after", "")[:60].partition("_")
    return (int(rank), code) if rank.isdecimal() and len(rank) < 5 else None


def _line(row: Row[Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        "url": url_for("admin.area", code=row.code),
        "code": row.code,
        "name": getattr(row, f"name_{language()}"),
        "kind": labels.area_kind(row.kind),
        "parent": names.get(row.parent_code, row.parent_code) if row.parent_code else "—",
        "valid": _validity(row.valid_from, row.valid_until),
        "now": row.valid,
    }


def _feature(row: Row[Any], code: str) -> dict[str, Any]:
    properties = {
        "name": getattr(row, f"name_{language()}"),
        "url": url_for("admin.area", code=row.code),
        "here": row.code == code,
    }
    return {"type": "Feature", "geometry": orjson.Fragment(row.geometry), "properties": properties}


def _validity(since: date, until: date | None) -> str:
    """`until` is the first day on which it is no longer valid."""
    if until is None:
        return gettext("since %(day)s", day=format_day(since))
    return gettext("from %(day)s until %(end)s", day=format_day(since), end=format_day(until))


def _words(page: AreaPage) -> dict[str, Any]:
    area = page.area
    return {
        "code": area.code,
        "name": area.name(language()),
        "names": " · ".join(dict.fromkeys((area.name_kk, area.name_ru, area.name_en))),
        "kind": labels.area_kind(area.kind),
        "level": format_number(area.level) if area.level is not None else None,
        "km2": format_number(round(page.km2, 1 if page.km2 < 100 else 0)),
        "parent": _link(page.parent) if page.parent else None,
        "parent_code": area.parent_code,
        "parts": [_link(part) for part in page.parts],
        "valid": _validity(area.valid_from, area.valid_until),
        "source": area.source or None,
        "versions": [_version(row, area) for row in page.versions],
        "rules": [_rule(page, rule, body) for rule, body in page.rules],
        "more_rules": page.rules_total - len(page.rules),
    }


def _link(area: Area) -> dict[str, str]:
    return {"name": area.name(language()), "url": url_for("admin.area", code=area.code)}


def _version(row: Row[Any], shown: Area) -> dict[str, Any]:
    return {
        "valid": _validity(row.valid_from, row.valid_until),
        "source": row.source or "—",
        "vertices": format_number(row.vertices),
        "shown": row.id == shown.id,
        "url": url_for("admin.area", code=shown.code, day=row.valid_from.isoformat()),
    }


def _rule(page: AreaPage, rule: Any, body: Any) -> dict[str, Any]:
    if rule.hazard_type:
        what = page.types.get(rule.hazard_type, rule.hazard_type)
    else:
        what = labels.group(rule.group) if rule.group else gettext("All that such organisations do")
    if rule.hint:
        what = f"{what} ({labels.hint(rule.hint)}: {labels.hint_value(rule.hint, rule.hint_value)})"
    return {"body": body.name(language()), "what": what, "rank": format_number(rule.rank)}


def _flaws(session: Session, found: list[Flaw]) -> list[dict[str, Any]]:
    codes = {code for flaw in found for code in (flaw.code, flaw.other) if code}
    names = area_names(session, codes, language(), day=_today())
    return [
        {
            "name": names.get(flaw.code, flaw.code),
            "url": url_for("admin.area", code=flaw.code),
            "text": labels.flaw(flaw.what, other=names.get(flaw.other or "", flaw.other or ""), km2=flaw.km2),
        }
        for flaw in found
    ]
