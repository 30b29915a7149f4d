"""Where a signed-in person works: the links of the frame, and the page to land on after signing in.

One table; a link shows when the person has the permission and the page exists.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request

from app.domain.permissions import Permission
from app.i18n import LazyText
from app.i18n import lazy_gettext as _
from app.queries.admin import count_alarms
from app.queries.held import waiting_since
from app.queries.mentions import unread_mentions
from app.queries.owners import owner_unknown_count
from app.queries.repeats import proposed_causes
from app.web.access import is_public_page, signed_in
from app.web.context import db


@dataclass(frozen=True)
class Place:
    """A page of work. `endpoint` tells whether it exists; `path` is without language."""

    permission: Permission | None
    endpoint: str
    path: str
    text: LazyText
    icon: str


PLACES = (
    Place(Permission.SEE_BODY_HAZARDS, "staff.index", "/staff/", _("Hazards of my organisation"), "inbox"),
    Place(Permission.WORK, "crew.index", "/staff/crew", _("My jobs"), "tool"),
    Place(Permission.WORK, "talk.mentions", "/staff/mentions", _("Mentions"), "chat"),
    Place(Permission.MANAGE, "own_body.index", "/staff/body", _("My organisation"), "building"),
    Place(Permission.MODERATE, "moderation.index", "/staff/moderation/", _("Moderation"), "eye"),
    Place(Permission.ARBITRATE, "owners.index", "/staff/owners/", _("Owner not known"), "search"),
    Place(Permission.ARBITRATE, "alarms.index", "/staff/alarms", _("Alarms"), "warning"),
    Place(Permission.SEE_HELD, "held.index", "/desk/held", _("Held reports"), "lock"),
    Place(Permission.LOG_PHONE_REPORT, "desk.index", "/desk/", _("Report by phone"), "phone"),
    Place(Permission.ADMINISTER, "admin.index", "/admin/", _("Administration"), "settings"),
    Place(Permission.SEE_ALL_HAZARDS, "staff.index", "/staff/", _("Hazards of all organisations"), "inbox"),
    Place(Permission.ARBITRATE, "talk.mentions", "/staff/mentions", _("Mentions"), "chat"),
    Place(Permission.AUDIT, "admin.history", "/admin/history", _("History of changes"), "clock"),
    Place(Permission.DISPATCH, "root_causes.index", "/staff/root-causes/", _("Dangerous again"), "reopen"),
    Place(Permission.MANAGE, "alarms.index", "/staff/alarms", _("Alarms"), "warning"),
    Place(Permission.MANAGE, "colleagues.index", "/staff/colleagues/", _("Colleagues"), "person"),
    Place(None, "auth.account", "/account", _("My account"), "person"),
)


def offer(app: Flask) -> None:
    """Give the templates `work_links` and `signed_in_name`. On public pages both are empty: those are cached."""

    @app.context_processor
    def links() -> dict[str, object]:
        found = signed_in() if not is_public_page() and request.endpoint else None
        return {
            "signed_in_name": found.actor.name if found else "",
            "work_links": [_as_link(place) for place in places_of(app)] if found else [],
        }


def places_of(app: Flask) -> list[Place]:
    """The places of the person who is signed in, the most important first."""
    found = signed_in()
    if found is None:
        return []
    held = found.actor.permissions
    may = [p for p in PLACES if p.endpoint in app.view_functions and (p.permission is None or p.permission in held)]
    if Permission.ADMINISTER in held:  # it is a section of the administration
        may = [place for place in may if place.permission is not Permission.AUDIT]
    may = list({place.endpoint: place for place in reversed(may)}.values())[::-1]  # two permissions may open one page
    if Permission.WORK in held and Permission.DISPATCH not in held:
        return sorted(may, key=lambda place: place.endpoint != "crew.index")
    if Permission.MANAGE in held:  # the bar has no room for all, and a manager seldom goes out
        return sorted(may, key=lambda place: place.endpoint == "crew.index")
    return may


def first_place(app: Flask) -> Place:
    """Where to land: the first place of work; for whoever decides between organisations the first with something
    waiting, and where nothing waits all hazards, the most pressing first. An empty page is no start of a day.
    """
    places = places_of(app)  # everybody has an account page
    by_name = {place.endpoint: place for place in places}
    if "admin.index" in by_name:
        return by_name["admin.index"]
    if "owners.index" in by_name:
        waits = (by_name[name] for name in ("owners.index", "alarms.index") if name in by_name and COUNTED[name]())
        return next(waits, by_name.get("staff.index", places[0]))
    return places[0]


def _as_link(place: Place) -> dict[str, object]:
    counted = COUNTED.get(place.endpoint)
    count = counted() if counted else 0
    return {"path": place.path, "text": str(place.text), "icon": place.icon, "count": count}


def _held() -> int:
    """How many held reports wait."""
    with db() as session:
        return waiting_since(session)[0]


def _mentions() -> int:
    """How many notes call this person that they have not read."""
    found = signed_in()
    if found is None:
        return 0
    with db() as session:
        return unread_mentions(session, found.actor)


def _causes() -> int:
    """How many tasks about a cause wait for a word of the person's body, or of any where they see all."""
    found = signed_in()
    if found is None:
        return 0
    sees_all = found.actor.may(Permission.SEE_ALL_HAZARDS)
    with db() as session:
        return proposed_causes(session, body_id=None if sees_all else found.actor.body_id)


def _alarms() -> int:
    """How many alarms stand of the person's body, or of all for an arbiter."""
    found = signed_in()
    if found is None:
        return 0
    everywhere = found.actor.may(Permission.ARBITRATE)
    with db() as session:
        return count_alarms(session, body_id=None if everywhere else found.actor.body_id or 0)


def _owners() -> int:
    """How many hazards nobody is known to answer for."""
    with db() as session:
        return owner_unknown_count(session)


COUNTED = {
    "held.index": _held,
    "owners.index": _owners,
    "root_causes.index": _causes,
    "talk.mentions": _mentions,
    "alarms.index": _alarms,
}
