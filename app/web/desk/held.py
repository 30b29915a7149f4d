"""Held reports at the desk: what waits, one opened, one decided. Nobody but operators comes here.

Decision: opening is a POST that writes a look down before it shows anything, so that nobody reads unseen and no
prefetch, history or back button opens one. Photos stand in the page itself: no address of theirs exists. The map has no
tiles of strangers, whose servers would learn where the child lives. Turned down: a lock for whoever opened first, which
keeps a report waiting when that person is called away; the second is told instead.
"""

from __future__ import annotations

import base64
from typing import Any

from flask import Blueprint, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from shapely.geometry import shape
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField

from app.actions.held import decide_held, hazard_of_held, note_look
from app.domain import geo
from app.domain.errors import AlreadyDecided, DomainError, HeldNotFound, NotOwnWords, PointsToViolence
from app.domain.held import HeldContent, HeldState, HeldWhy, OwnWords
from app.domain.permissions import Permission
from app.domain.photo import PhotoFile
from app.domain.references import show_reference
from app.i18n import NAMES, format_datetime, gettext, language, ngettext
from app.i18n import lazy_gettext as _
from app.queries import held as query
from app.queries.staff import reportable_types
from app.web import labels, labels_held
from app.web.access import access, actor
from app.web.context import db, now, policy, settings
from app.web.desk.opened import Opened, opened_report
from app.web.errors import status_of
from app.web.forms import OurForm
from app.web.held import LOOK_AGAIN_AFTER
from app.web.map import pick_map
from app.web.map_kinds import Ground, MapView
from app.web.photos import photo_store
from app.web.sent import reference_or_404
from app.web.times import duration
from app.web.typed import keeps_typed
from app.web.vault import desk_db, keyring

bp = Blueprint("held", __name__, url_prefix="/desk/held")


class DecideForm(OurForm):
    """The hazard anew. Of the sender's words nothing is filled in: what is copied by itself goes out by itself."""

    hazard_type = SelectField(_("Kind of hazard"), validate_choice=False)
    lat = StringField(_("Latitude"))
    lon = StringField(_("Longitude"))
    description = TextAreaField(_("What is dangerous, in your own words"))
    someone_hurt = BooleanField(_("Somebody was already hurt"))
    photos = SelectMultipleField(_("Photos that may go to the organisation"), validate_choice=False)


@bp.get("")
@access(Permission.SEE_HELD)
def index() -> ResponseReturnValue:
    """What waits, the oldest first, and what was decided lately; no contents."""
    return _list()


@bp.get("/waiting")
@access(Permission.SEE_HELD)
def waiting() -> ResponseReturnValue:
    """How many wait, for the page's script."""
    with db() as session:
        number, since = query.waiting_since(session)
    return jsonify(number=number, text=_waiting_words(number, since))


@bp.get("/<reference>")
@access(Permission.SEE_HELD)
def closed(reference: str) -> ResponseReturnValue:
    """The envelope: a button that opens it. Here the language switch and a reload end up."""
    code = reference_or_404(reference)
    with desk_db() as session:
        if query.sealed_report(session, code) is None:
            abort(404)
    return render_template("desk/held_closed.html", reference=show_reference(code), form=OurForm())


@bp.post("/<reference>")
@access(Permission.SEE_HELD)
def open_one(reference: str) -> ResponseReturnValue:
    """Write down who looks, then show it."""
    return _page(reference_or_404(reference), DecideForm(formdata=None))


def _expired(reference: str) -> ResponseReturnValue:
    form = DecideForm()
    form.form_errors = [labels.form_kept()]
    return _page(reference_or_404(reference), form, 403)


@bp.post("/<reference>/decide")
@access(Permission.SEE_HELD)
@keeps_typed(_expired)
def decide(reference: str) -> ResponseReturnValue:
    """A hazard in own words, nothing, or kept for those who protect children; whoever comes second is told."""
    code, wish = reference_or_404(reference), request.form.get("decision")
    if wish not in {HeldState.HAZARD, HeldState.NOTHING, HeldState.KEPT}:
        abort(400)
    form = DecideForm()
    if wish == HeldState.HAZARD and not (form.description.data or "").strip():
        form.description.errors = [gettext("Write in your own words what is dangerous.")]
        return _page(code, form, 422)
    try:
        said = _hazard(code, form) if wish == HeldState.HAZARD else _no_hazard(code, HeldState(wish))
    except (AlreadyDecided, HeldNotFound) as error:
        return _list(labels.error(error)), status_of(error)
    except (PointsToViolence, NotOwnWords) as error:
        form.description.errors = [labels.error(error)]
        return _page(code, form, 422)
    except DomainError as error:
        form.form_errors = [labels.error(error)]
        return _page(code, form, 422)
    flash(said, "success")
    return redirect(url_for(".index"), 303)


def _no_hazard(code: str, state: HeldState) -> str:
    with db() as session:
        decide_held(session, by=actor(), reference=code, state=state, now=now())
    return labels_held.decided(state)


def _hazard(code: str, form: DecideForm) -> str:
    place, heard = _place(code, form), opened_report(code).content
    words = OwnWords(
        hazard_type=form.hazard_type.data or "",
        lon=place[0],
        lat=place[1],
        text=form.description.data or "",
        someone_hurt=bool(form.someone_hurt.data),
        photos=_chosen(code, form.photos.data or []),
    )
    texts = heard.texts if heard else ()
    with db() as session:
        made = hazard_of_held(session, by=actor(), reference=code, words=words, heard=texts, policy=policy(), now=now())
    return gettext("It is a hazard now, number %(reference)s.", reference=show_reference(made))


def _place(code: str, form: DecideForm) -> tuple[float, float]:
    """The pin; a hazard that a moderator held keeps its own."""
    with desk_db() as session:
        row = query.sealed_report(session, code)
    if row is not None and row.why == HeldWhy.MODERATOR:
        return 0.0, 0.0
    place = geo.point(geo.parse_degrees(form.lon.data), geo.parse_degrees(form.lat.data), policy().bounds)
    return place.x, place.y


def _chosen(code: str, wanted: list[str]) -> tuple[PhotoFile, ...]:
    """The chosen photos, in the store before the action (decisions §22); the sweeper takes them if that fails."""
    opened = opened_report(code) if wanted else None
    if opened is None or opened.row.state != HeldState.WAITING:
        return ()
    return tuple(photo_store().put(data) for name, data in opened.photos if name in wanted)


def _list(sentence: str = "") -> str:
    with desk_db() as session:
        waits, done = query.waiting_list(session), query.decided_list(session, now=now())
    with db() as session:
        number, since = query.waiting_since(session)
        names = query.names(session, [row.account_id for row in waits if row.account_id])
    return render_template(
        "desk/held.html",
        form=OurForm(),
        sentence=sentence,
        number=number,
        waiting_words=_waiting_words(number, since),
        waits=[_line(row, names) for row in waits],
        done=[_line(row, names) for row in done],
        no_key=keyring() is None,
    )


def _line(row: Any, names: dict[int, str]) -> dict[str, Any]:
    looked = row.at is not None and now() - row.at < LOOK_AGAIN_AFTER
    return {
        "code": row.reference,
        "reference": show_reference(row.reference),
        "why": labels_held.why(row.why),
        "received": format_datetime(row.received_at),
        "waits": duration(now() - row.received_at),
        "looks": _look_words(names.get(row.account_id, ""), row.at) if looked else "",
        "decided": format_datetime(row.decided_at) if row.decided_at else "",
        "state": labels_held.state(row.state),
        "erased": row.erased,
    }


def _page(code: str, form: DecideForm, status: int = 200) -> Response:
    """Only after the look is committed is anything opened."""
    others = _note_look(code)
    opened = opened_report(code)
    if form.hazard_type.data in {None, ""}:
        _fill(form, opened.content)
    with db() as session:
        kinds = reportable_types(session, language())
    groups: dict[str, list[tuple[str, str]]] = {"": [("", labels.choose())]}
    for kind, group, name in kinds:
        groups.setdefault(labels.group(group), []).append((kind, name))
    form.hazard_type.choices = groups
    response = make_response(render_template("desk/held_open.html", **_words(opened, _names(kinds)), form=form,
                                             others=others, parts=_map()), status)  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


def _names(kinds: Any) -> dict[str, str]:
    """Names of types by code."""
    return {code: name for code, _group, name in kinds}


def _note_look(code: str) -> str:
    """Write the look down; who else has looked lately, in words."""
    me = actor()
    with desk_db() as session:
        row = query.sealed_report(session, code)
        if row is None:
            abort(404)
        before = [look for look in query.looks(session, row.id) if look.account_id != me.account_id]
        note_look(session, by=me, held_id=row.id, now=now())
    if not before or now() - before[0].at > LOOK_AGAIN_AFTER or row.state != HeldState.WAITING:
        return ""
    with db() as session:
        return _look_words(query.names(session, [before[0].account_id]).get(before[0].account_id, ""), before[0].at)


def _look_words(name: str, at: Any) -> str:
    return gettext("Opened by %(name)s, %(when)s", name=name, when=format_datetime(at))


def _fill(form: DecideForm, content: HeldContent | None) -> None:
    """What the sender chose, but none of the words."""
    if content is None:
        return
    form.hazard_type.data = content.hazard_type or ""
    form.someone_hurt.data = content.someone_hurt
    if content.geometry is not None:
        point = geo.label_point(shape(dict(content.geometry)))
        form.lat.data, form.lon.data = f"{point.y:.6f}", f"{point.x:.6f}"


def _words(opened: Opened, kinds: dict[str, str]) -> dict[str, Any]:
    row, content = opened.row, opened.content
    return {
        "code": row.reference,
        "reference": show_reference(row.reference),
        "received": format_datetime(row.received_at),
        "why": labels_held.why(row.why),
        "state": labels_held.state(row.state),
        "open_to_decide": row.state == HeldState.WAITING and content is not None,
        "moderator": row.why == HeldWhy.MODERATOR,
        "why_not": opened.why_not,
        "texts": [text for text in content.texts if text] if content else [],
        "written_in": NAMES.get(content.language, content.language) if content else None,
        "language_code": content.language if content else "",
        "kind": kinds.get(content.hazard_type or "") if content else None,
        "about": show_reference(content.about) if content and content.about else None,
        "again": show_reference(content.again) if content and content.again else None,
        "unreadable": content.unreadable if content else 0,
        "photos": [(name, base64.b64encode(data).decode()) for name, data in opened.photos],
    }


def _waiting_words(number: int, since: Any) -> str:
    if not number or since is None:
        return gettext("No held report waits")
    return ngettext("%(num)s held report waits", "%(num)s held reports wait", number)


def _map() -> Any:
    conf, code = settings(), language()
    lon, lat = conf.map_center
    root = "" if code == conf.default_language else f"/{code}"
    return pick_map(code, MapView(lat, lon, conf.map_zoom), Ground(), root=root)
