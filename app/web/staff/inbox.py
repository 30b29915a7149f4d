"""The inbox `/staff/`: list, map and board of the same filtered rows, quick views with counts, saved filters.

Decision: freshness by asking for a small fragment (`news`) every twenty seconds with its ETag, by a module of fifty
lines (`js/inbox_news.js`). Turned down: htmx, which would swap rows under a hand that is ticking them and brings 16 kB
for one request; and server-sent events, which hold a worker thread for each open page (decisions §25).
"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import i18n
from app.actions.saved_filters import delete_filter, make_start, rename_filter, save_filter
from app.domain.errors import DomainError
from app.domain.inbox import Wanted
from app.domain.permissions import Permission
from app.i18n import gettext as _
from app.queries.inbox import MOST, Cursor, count, counts, latest_id, newer, page_keys, page_of
from app.queries.inbox_choices import choices_for
from app.queries.inbox_views import POINTS, Box, board, points
from app.queries.inbox_where import Where, where_of
from app.queries.saved_filters import filters_of, start_of
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.staff import inbox_page
from app.web.staff.inbox_address import beside, inbox_url, query_of, view_asked
from app.web.staff.inbox_labels import TABS, count_words, severity_names
from app.web.staff.on_duty import on_duty_words
from app.web.staff.routes import SEES, bp
from app.web.staff.same import mark_alike

PAGE = 50
OF_PEOPLE = frozenset({"nobody", "crews", "mine"})


@bp.get("/")
@access(*SEES)
def index() -> ResponseReturnValue:
    """What needs me now, or what I asked for. The bare address is the person's start page, where one was chosen."""
    with db() as session:
        if not request.args and (start := start_of(session, actor().account_id or 0)):
            return redirect(f"{url_for('.index')}?{start}")
        wanted, view = Wanted.parse(request.args), view_asked()
        where = where_of(session, actor=actor(), wanted=wanted, now=now())
        fresh = {"digest": _digest(session, where, wanted), "since": latest_id(session)}
        shown = _board(session, where, wanted) if view == "board" else _list(session, where, wanted, view)
        common = _common(session, wanted, view, fresh)
    return render_template("staff/inbox.html", **shown, **common)


@bp.get("/news")
@access(*SEES)
def news() -> ResponseReturnValue:
    """Whether the page that asks is still what there is: a fragment, or 304 for whoever has it already."""
    wanted = Wanted.parse(request.args)
    with db() as session:
        where = where_of(session, actor=actor(), wanted=wanted, now=now())
        more = newer(session, where, since=_since())
        digest = _digest(session, where, wanted)
        tabs = _tabs(session, wanted, view_asked())
    same = digest == request.args.get("digest") and not more
    said = render_template("staff/inbox_news.html", tabs=tabs, new=count_words(more) if more else "", changed=not same)
    response = Response(said, mimetype="text/html")
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/points")
@access(*SEES)
def points_geojson() -> ResponseReturnValue:
    """The filtered rows as GeoJSON, the first POINTS of the whole or of the box that is looked at."""
    wanted = Wanted.parse(request.args)
    with db() as session:
        where = where_of(session, actor=actor(), wanted=wanted, now=now())
        rows, more = points(session, where, closed=wanted.closed, inside=_box(), language=i18n.language())
    return jsonify(type="FeatureCollection", features=[inbox_page.point(row) for row in rows], more=more)


@bp.post("/filters")
@access(*SEES)
def save() -> ResponseReturnValue:
    """Give the present filter a name."""
    wanted, view = Wanted.parse(request.form), request.form.get("view", "list")
    view = view if view in {"map", "board"} else "list"
    back = inbox_url(wanted, view=view)
    name, start = request.form.get("name", ""), bool(request.form.get("start"))
    try:
        with db() as session:
            save_filter(session, by=actor(), name=name, query=query_of(wanted, view=view) or "state=open", start=start)
    except DomainError as refusal:
        flash(labels.error(refusal), "danger")
        return redirect(back, 303)
    flash(_("The filter is saved."), "success")
    return redirect(back, 303)


@bp.post("/filters/<int:number>")
@access(*SEES)
def change(number: int) -> ResponseReturnValue:
    """Rename a saved filter, make it the start page or no longer, or delete it."""
    choice = request.form.get("choice")
    if choice not in {"rename", "start", "no_start", "delete"} or number >= 2**63:
        abort(400)
    try:
        with db() as session:
            _change(session, choice, number)
    except DomainError as refusal:
        flash(labels.error(refusal), "danger")
    else:
        flash(_("Done."), "success")
    return redirect(inbox_url(Wanted()), 303)


def _change(session: Session, choice: str, number: int) -> None:
    if choice == "rename":
        rename_filter(session, by=actor(), filter_id=number, name=request.form.get("name", ""))
    elif choice == "delete":
        delete_filter(session, by=actor(), filter_id=number)
    else:
        make_start(session, by=actor(), filter_id=number if choice == "start" else None)


def _list(session: Session, where: Where, wanted: Wanted, view: str) -> dict[str, Any]:
    after = Cursor.parse(request.args.get("after", ""))
    page = page_of(session, where, closed=wanted.closed, after=after, limit=PAGE, language=i18n.language())
    return {
        "sections": mark_alike(session, page.rows, inbox_page.sections(page.rows, now(), closed=wanted.closed)),
        "first": inbox_url(wanted, view=view) if after else None,
        "next": inbox_url(wanted, view=view, after=page.next) if page.next else None,
        "parts": map_parts(Kind.INBOX),
        "total": inbox_page.total_words(count(session, where) if page.next or after else len(page.rows)),
    }


def _board(session: Session, where: Where, wanted: Wanted) -> dict[str, Any]:
    found = board(session, where, closed=wanted.closed, statuses=wanted.statuses, language=i18n.language())
    return {
        "columns": inbox_page.columns(found, wanted, now()),
        "total": inbox_page.total_words(min(sum(each.total for each in found), MOST + 1)),
    }


def _common(session: Session, wanted: Wanted, view: str, fresh: dict[str, Any]) -> dict[str, Any]:
    """What list, map and board have in common. `fresh`: what `news` compares, asked for before the rows were."""
    by = actor()
    offered = inbox_page.fields_of(choices_for(session, actor=by, language=i18n.language()), wanted, by)
    query, full = query_of(wanted), query_of(wanted, view=view)
    after = request.args.get("after", "")
    return {
        "wanted": wanted, "view": view, "views": inbox_page.views(wanted, view), "offered": offered,
        "severities": severity_names(), "chosen": inbox_page.chosen(wanted, offered, view), "query": query,
        "tabs": _tabs(session, wanted, view), "clear": inbox_url(Wanted(closed=wanted.closed), view=view),
        "saved": inbox_page.saved(filters_of(session, by.account_id or 0), view, full or "state=open"),
        "duty": on_duty_words(session, by, now()),
        "points_url": beside("staff.points_geojson", query), "most_points": POINTS,
        "news_url": beside("staff.news", query_of(wanted, view=view, after=after, **fresh)),
        "all_bodies": by.may(Permission.SEE_ALL_HAZARDS),
        "may_log": by.may(Permission.LOG_PATROL_REPORT, anywhere=True),
        "may_bulk": by.may(Permission.WORK, anywhere=True) or by.may(Permission.DISPATCH, anywhere=True),
    }  # fmt: skip


def _tabs(session: Session, wanted: Wanted, view: str) -> list[dict[str, Any]]:
    sees_all = actor().may(Permission.SEE_ALL_HAZARDS)
    quick = {key: tab for key, (tab, _text) in TABS.items() if not (sees_all and key in OF_PEOPLE)}
    return inbox_page.tabs(counts(session, actor=actor(), now=now(), views=quick), wanted, view)


def _digest(session: Session, where: Where, wanted: Wanted) -> str:
    """What the page shows, in sixteen letters: other rows, another order, or a row that was changed give others."""
    after = Cursor.parse(request.args.get("after", ""))
    keys = page_keys(session, where, closed=wanted.closed, after=after, limit=PAGE)
    return hashlib.sha256(repr(keys).encode()).hexdigest()[:16]


def _since() -> int:
    typed = request.args.get("since", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0


def _box() -> Box | None:
    """`in=west,south,east,north`, or None for anything else."""
    try:
        west, south, east, north = (float(part) for part in request.args.get("in", "").split(","))
    except ValueError:
        return None
    inside = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if inside else None
