"""The Atom feed of a hazard: the steps that everybody may see, by days (decisions §11), in the language of the page.

Decision: ElementTree of the standard library, which escapes by itself. Turned down: a template (escaping for HTML is
not escaping for XML) and a feed library for forty lines.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from xml.etree import ElementTree as Xml

from flask import Response, request, url_for
from sqlalchemy import Row

from app.domain.references import show_reference
from app.i18n import gettext as _
from app.i18n import language
from app.queries import public
from app.web import labels_history
from app.web.access import PUBLIC, access
from app.web.context import policy, settings
from app.web.public.pages import bp, page_of
from app.web.public.words import event_facts, place_words

ATOM = "http://www.w3.org/2005/Atom"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
Xml.register_namespace("", ATOM)


@bp.get("/h/<reference>/feed.atom")
@access(PUBLIC)
def hazard_feed(reference: str) -> Response:
    """Of a public hazard; all others are the same 404."""
    body = Xml.tostring(_feed(page_of(reference)), encoding="utf-8", xml_declaration=True)
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _feed(page: public.HazardPage) -> Xml.Element:
    row = page.hazard
    shown = show_reference(row.reference)
    address = settings().base_url + url_for("public.hazard", reference=shown)
    feed = Xml.Element(f"{{{ATOM}}}feed", {LANG: language()})
    _add(feed, "id", address)
    _add(feed, "title", f"{row.title} · {shown}")
    _add(feed, "subtitle", place_words(row))
    _add(feed, "updated", _moment(page.events[-1].day if page.events else row.received_day))
    _add(feed, "link", rel="alternate", type="text/html", href=address)
    _add(feed, "link", rel="self", type="application/atom+xml", href=settings().base_url + _own_path())
    _add(_add(feed, "author"), "name", _("Hazard map"))
    for event in reversed(page.events):
        _entry(feed, event, address)
    return feed


def _entry(feed: Xml.Element, event: Row[Any], address: str) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", f"{address}#step-{event.position}")
    _add(entry, "title", labels_history.event(event.kind))
    _add(entry, "updated", _moment(event.day))
    _add(entry, "link", rel="alternate", type="text/html", href=address)
    words = ". ".join(part for part in (event.body, *event_facts(event), event.note) if part)
    _add(entry, "content", words or labels_history.event(event.kind), type="text")


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = "".join(sign for sign in text if sign >= " " or sign in "\t\n") or None
    return made


def _moment(day: date) -> str:
    """A day as Atom wants it: its beginning, since nothing finer is public."""
    return datetime.combine(day, time(), policy().timezone).isoformat()


def _own_path() -> str:
    return request.script_root + request.path
