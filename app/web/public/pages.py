"""Pages that everybody may read: the map, a hazard, its cleared photos, and what this is. None sets a cookie."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from app.domain.errors import BadReference
from app.domain.hazard import Clock, EmergencyMode, Measure, Status
from app.domain.lifecycle import DISPUTABLE, LOOKS
from app.domain.references import parse_reference, show_reference
from app.i18n import format_day, language
from app.queries import public
from app.queries.public import Filters, HazardPage
from app.web import labels, labels_history, labels_proof
from app.web.access import PUBLIC, access
from app.web.context import now, policy, public_db, settings
from app.web.event_look import event_look
from app.web.gallery import gallery_context
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.photos import send_photo
from app.web.public.map_data import STATES, filters_asked
from app.web.public.words import due_words, event_facts, item, place_words

bp = Blueprint("public", __name__)


@bp.get("/")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    """The hazard map with the list beside it; the list works without script."""
    filters, today = filters_asked(), policy().day(now())
    with public_db() as session:
        rows = public.newest(session, language(), filters)
        types = public.types(session, language())
    items = [item(row, today) for row in rows]
    return render_template(
        "public/map.html",
        parts=map_parts(Kind.BROWSE),
        view={"lat": None, "lon": None, "zoom": None},
        groups=_groups(types),
        states=[{"code": state, "name": labels.state(state)} for state in STATES],
        chosen={"groups": filters.groups, "types": filters.types, "states": filters.states},
        usual_states=Filters.states,
        items=items,
        total=len(items),
    )


@bp.get("/h/<reference>")
@access(PUBLIC)
def hazard(reference: str) -> ResponseReturnValue:
    """One hazard, for everybody."""
    return render_template("public/hazard.html", **_hazard_words(page_of(reference)))


def page_of(reference: str) -> public.HazardPage:
    """What is public of a hazard. Unknown, held and not yet reviewed ones are all the same 404."""
    try:
        code = parse_reference(reference)
    except BadReference:
        abort(404)
    with public_db() as session:
        page = public.hazard_page(session, language(), code)
    if page is None:
        abort(404)
    return page


@bp.get("/photo/<public_id>/<size>")
@access(PUBLIC)
def photo(public_id: str, size: str) -> ResponseReturnValue:
    """A cleared photo of a public hazard. Asked anew each time: what is hidden is gone within a minute."""
    with public_db() as session:
        key = public.cleared_photo(session, public_id[:40])
    return send_photo(key, size, cache="public, max-age=60")


@bp.get("/about")
@access(PUBLIC)
def about() -> ResponseReturnValue:
    with public_db() as session:
        return render_template("public/about.html", osm=public.uses_openstreetmap(session))


@bp.get("/privacy")
@access(PUBLIC)
def privacy() -> ResponseReturnValue:
    geocoder = urlsplit(settings().geocoder_url).hostname
    return render_template("public/privacy.html", geocoder=geocoder)


@bp.get("/accessibility")
@access(PUBLIC)
def accessibility() -> ResponseReturnValue:
    return render_template("public/accessibility.html")


@bp.get("/gallery")
@access(PUBLIC)
def gallery() -> ResponseReturnValue:
    """Every component with samples; only where the demo runs."""
    if not current_app.extensions["qauip_settings"].demo:
        abort(404)
    return render_template("gallery.html", **gallery_context(language()))


def _groups(types: Any) -> list[dict[str, Any]]:
    """Groups in the taxonomy's order, each with its types."""
    groups: dict[str, list[dict[str, str]]] = {}
    for row in types:
        groups.setdefault(row.type_group, []).append({"code": row.code, "name": row.name})
    return [{"code": code, "name": labels.group(code), "types": members} for code, members in groups.items()]


def _hazard_words(page: HazardPage) -> dict[str, Any]:
    row, today = page.hazard, policy().day(now())
    closed = row.state == "closed"
    return {
        "h": item(row, today),
        "reference": show_reference(row.reference),
        "row": row,
        "parts": map_parts(Kind.HAZARD),
        "basis": labels_history.basis(row.basis) if row.basis else None,
        **_dues(row, today),
        "made_safe": labels.measure(Measure(row.made_safe_measure)) if row.made_safe_measure else None,
        "made_safe_doubt": _safe_doubt(page.events),
        "made_safe_until": format_day(row.made_safe_until_day) if row.made_safe_until_day else None,
        "emergency": row.dial if row.emergency_mode != EmergencyMode.NONE and not closed else [],
        "events": [_event(event) for event in reversed(page.events)],
        "photos": [_photo(photo) for photo in page.photos],
        "earlier": [_earlier(each) for each in page.earlier],
        "duplicate_of": show_reference(row.duplicate_of) if row.duplicate_of else None,
        "area": ", ".join(part for part in (row.area, row.parent) if part),
        "place": place_words(row),
        "self_url": request.path,
        "may_flag": row.state == "safe" or row.status in DISPUTABLE,
    }


def _dues(row: Row[Any], today: date) -> dict[str, tuple[str, str]]:
    """Both clocks in words. What was closed for another reason than a repair was not done."""
    fixed, made_safe = row.status == Status.FIXED, row.made_safe_day is not None
    closed = labels.not_needed() if row.state == "closed" else ""
    first = {"late": row.overdue == Clock.MAKE_SAFE, "done": fixed or made_safe, "stopped": closed}
    second = {"late": row.overdue == Clock.FIX, "done": fixed, "stopped": closed}
    return {
        "make_safe": due_words(row.make_safe_due_day, today=today, **first),
        "fix": due_words(row.fix_due_day, today=today, **second),
    }


def _event(row: Row[Any]) -> dict[str, Any]:
    notes = [
        labels.measure(Measure(row.measure)) if row.measure else "",
        labels.reject_reason(row.reason_code) if row.reason_code else "",
        *event_facts(row),
        row.note,
    ]
    return {
        "title": labels_history.event(row.kind),
        "when": format_day(row.day),
        "who": row.body,
        **event_look(row.kind),
        "note": ". ".join(note for note in notes if note),
    }


def _safe_doubt(events: Sequence[Row[Any]]) -> str | None:
    """What the photo of the newest measure does not show."""
    looks = [event for event in events if event.kind in LOOKS]
    return labels_proof.doubt(looks[-1].unproven) if looks and looks[-1].unproven else None


def _earlier(row: Row[Any]) -> dict[str, str]:
    return {
        "reference": show_reference(row.earlier),
        "reported": format_day(row.received_day),
        "fixed": format_day(row.closed_day),
    }


def _photo(row: Row[Any]) -> dict[str, Any]:
    return {
        "url": f"/photo/{row.public_id}/medium",
        "full": f"/photo/{row.public_id}/full",
        "alt": labels.photo_kind(row.kind),
        "caption": labels.photo_kind(row.kind),
    }
