"""All that the page of the inbox shows, in words: quick views, the filter, rows under the headings of their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import url_for
from sqlalchemy import Row

from app import i18n
from app.domain.hazard import CLOSED_STATUSES, OPEN_STATUSES, Status
from app.domain.inbox import NOBODY_YET, Wanted, Who
from app.domain.permissions import Actor, Permission
from app.i18n import gettext as _
from app.i18n import ngettext
from app.queries.inbox import MOST, Rows, step_of
from app.queries.inbox_choices import Choices
from app.queries.inbox_views import Column
from app.web import labels
from app.web.staff.inbox_address import inbox_url
from app.web.staff.inbox_labels import AGES, MARKS, OVERDUE, STEPS, TABS, VIEWS, WHOM, count_words
from app.web.staff.words import hazard_url, inbox_row, state_of, status_words

Words = dict[str, Any]


def row_words(row: Row[Any], now: datetime) -> Words:
    """A line of the list: what the older list said, and what a dispatcher must see at a glance."""
    whom = " · ".join(part for part in (row.crew, row.assignee) if part)
    return inbox_row(row, now) | {
        "ref": row.reference, "tick": f"{row.reference}:{row.version}", "step": step_of(row.work_order),
        "is_open": row.is_open, "disputed": row.disputed, "answered": row.answer_waits, "whom": whom,
        "waits": row.proposal is not None or row.status == Status.FIX_REPORTED,
        "reports": ngettext("%(num)s report", "%(num)s reports", row.reports) if row.reports > 1 else "",
        "closed": i18n.format_day(row.closed_at) if row.closed_at else "",
    }  # fmt: skip


def sections(rows: Rows, now: datetime, *, closed: bool) -> list[Words]:
    """Rows under the heading of their step. Closed ones are under none in a list of closed ones, and under a heading of
    their own, after all open ones, where a search by number finds them too.
    """
    if closed and not any(row.is_open for row in rows):
        return [_section("", None, rows, now)] if rows else []
    is_open = [row for row in rows if row.is_open]
    done = [row for row in rows if not row.is_open]
    by_step = groupby(is_open, key=lambda row: step_of(row.work_order))
    found = [_section(str(STEPS[step]), step, rows, now) for step, rows in by_step]
    return [*found, _section(_("Closed"), None, done, now)] if done else found


def _section(title: str, step: int | None, rows: Iterable[Row[Any]], now: datetime) -> Words:
    return {"title": title, "step": step, "rows": [row_words(row, now) for row in rows]}


def columns(found: list[Column], wanted: Wanted, now: datetime) -> list[Words]:
    """The board. `more`: the list of one column, where not all of it is shown. What is received and has no body yet is
    nobody's work: no column where there is none."""
    return [
        {
            "status": each.status.value, "title": labels.status(each.status), "count": count_words(each.total),
            "rows": [row_words(row, now) for row in each.rows],
            "more": inbox_url(replace(wanted, statuses=(each.status,))) if each.total > len(each.rows) else None,
        }
        for each in found
        if each.rows or each.status is not Status.RECEIVED
    ]  # fmt: skip


def tabs(numbers: dict[str, int], wanted: Wanted, view: str) -> list[Words]:
    """Quick views. Empty ones other than the first and the current one are left out: less to read."""
    made = [
        {
            "key": key, "text": str(text), "href": inbox_url(quick, view=view), "current": wanted == quick,
            "number": numbers[key], "count": count_words(numbers[key]),
        }
        for key, (quick, text) in TABS.items()
        if key in numbers
    ]  # fmt: skip
    return [tab for tab in made if tab["number"] or tab["current"] or tab["key"] in {"open", "overdue", "closed"}]


def views(wanted: Wanted, view: str) -> list[Words]:
    """The three ways to look at the same rows."""
    return [
        {"text": str(text), "icon": icon, "href": inbox_url(wanted, view=code), "current": code == view}
        for code, (text, icon) in VIEWS.items()
    ]


def total_words(number: int) -> str:
    """How many match: exact up to MOST."""
    if number > MOST:
        return _("More than %(num)s hazards", num=MOST)
    return ngettext("%(num)s hazard", "%(num)s hazards", number)


def fields_of(choices: Choices, wanted: Wanted, actor: Actor) -> Words:
    """What the form of the filter offers."""
    groups = groupby(sorted(choices.types, key=lambda row: list(labels.GROUPS).index(row[1])), key=lambda row: row[1])
    statuses = CLOSED_STATUSES if wanted.closed else OPEN_STATUSES
    return {
        "groups": [
            {"code": code, "name": str(labels.GROUPS[code]), "types": [(row[0], row[2]) for row in rows]}
            for code, rows in groups
        ],
        "statuses": [(each.value, labels.status(each)) for each in Status if each in statuses],
        "areas": choices.areas,
        "bodies": [(NOBODY_YET, _("Nobody yet")), *choices.bodies] if choices.bodies else [],
        "ages": _pairs(AGES), "overdue": _pairs(OVERDUE), "marks": _pairs(MARKS),
        "whom": _whom(choices, actor),
    }  # fmt: skip


def _pairs(words: dict[Any, Any]) -> list[tuple[str, str]]:
    return [(str(code), str(text)) for code, text in words.items()]


def _whom(choices: Choices, actor: Actor) -> list[tuple[str, str]]:
    """Those who see all are in no crew, and name nobody else's people."""
    sees_all = actor.may(Permission.SEE_ALL_HAZARDS)
    general = [pair for pair in _pairs(WHOM) if pair[0] == Who.NOBODY or not sees_all]
    crews = [(f"crew:{number}", name) for number, name in choices.crews]
    return [*general, *crews, *((f"person:{number}", name) for number, name in choices.people)]


def chosen(wanted: Wanted, offered: Words, view: str) -> list[Words]:
    """Each wish in words, with the address of the same without it."""
    empty = Wanted()
    found = []
    for field in fields(wanted):
        value, none = getattr(wanted, field.name), getattr(empty, field.name)
        if value != none and field.name != "closed":
            for text, less in _wishes(field.name, value, offered):
                found.append({"text": text, "href": inbox_url(replace(wanted, **{field.name: less}), view=view)})
    return found


def _wishes(name: str, value: Any, offered: Words) -> Iterator[tuple[str, Any]]:
    """(words, what is left without it) of one field."""
    if not isinstance(value, tuple):
        yield _said(name, str(value), offered), None if name == "age" else ""
        return
    for each in value:
        yield _said(name, str(each), offered), tuple(other for other in value if other != each)


_AMONG = {"area": "areas", "body": "bodies", "whom": "whom", "overdue": "overdue", "age": "ages", "marks": "marks"}


def _said(name: str, code: str, offered: Words) -> str:
    if name == "words":
        return f"“{code}”"
    if name == "statuses":
        return labels.status(Status(code))
    if name == "severities":
        return labels.severity(code)
    if name == "groups":
        return str(labels.GROUPS.get(code, code))
    if name == "types":
        return next((text for group in offered["groups"] for kind, text in group["types"] if kind == code), code)
    return next((text for known, text in offered[_AMONG[name]] if known == code), code)


def point(row: Row[Any]) -> Words:
    """A feature of the map, as `js/map/inbox.js` and the popup read it."""
    said = {
        "ref": row.reference, "n": 1, "title": row.title, "place": row.area or "", "url": hazard_url(row.reference),
        "group": row.type_group, "state": state_of(row), "overdue": row.overdue is not None or row.urgent,
        "status": row.status, "status_text": status_words(row), "since": i18n.format_day(row.received_at),
    }  # fmt: skip
    geometry = {"type": "Point", "coordinates": [round(row.lon, 6), round(row.lat, 6)]}
    return {"type": "Feature", "geometry": geometry, "properties": said}


def saved(kept: Any, view: str, query: str) -> list[Words]:
    """The filters with names."""
    return [
        {
            "id": each.id, "name": each.name, "start": each.start, "current": each.query == query,
            "href": f"{url_for('staff.index')}?{each.query or 'state=open'}",
        }
        for each in kept
    ]  # fmt: skip
