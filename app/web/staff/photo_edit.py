"""Crop a photo, or blacken a part of it: the rectangle is drawn on the page, the picture is redrawn on the server.

Decision: the stored picture goes through the limited helper again and gets a name of its own by content; the old files
go at once. Turned down: an overlay of the browser (the picture below it would still be served), and blurring, which can
be undone and tempts to show children. A photo with a child's face is refused, the page says so.
"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.actions.moderation import replace_photo
from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.domain.photo import Edit, Region
from app.domain.references import show_reference
from app.gateways.photo_store import PhotoMissing
from app.i18n import gettext as _
from app.queries.moderation import photo_of
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now
from app.web.errors import status_of
from app.web.held import forget_photos
from app.web.photos import photo_store
from app.web.staff.moderation import bp

SIDES = ("left", "top", "width", "height")
MIDDLE = {"left": "25", "top": "25", "width": "50", "height": "50"}


@bp.get("/photo/<public_id>/edit")
@access(Permission.MODERATE)
def edit(public_id: str) -> ResponseReturnValue:
    """The photo with a rectangle on it, and the four numbers of the rectangle for whoever has no script."""
    return _page(_found(public_id))


@bp.post("/photo/<public_id>/edit")
@access(Permission.MODERATE)
def save_edit(public_id: str) -> ResponseReturnValue:
    """Put the edited picture in the old one's place; it waits for its decision."""
    photo, choice = _found(public_id), request.form.get("edit", "")
    if choice not in set(Edit):
        abort(400)
    try:
        region = Region.parse(*(request.form.get(side, "") for side in SIDES))
        edited = photo_store().edit(photo.content_key, Edit(choice), region)
        with db() as session:
            new = replace_photo(
                session, by=actor(), public_id=photo.public_id, seen=photo.content_key, edited=edited, now=now()
            )
    except PhotoMissing:
        abort(404)
    except DomainError as error:
        return _page(photo, labels.error(error)), status_of(error)
    if edited.content_key != photo.content_key:
        forget_photos([photo.content_key])
    flash(_("The photo was changed. It waits for your decision."), "success")
    return redirect(_way_back(photo, new), 303)


def _found(public_id: str) -> Any:
    with db() as session:
        photo = photo_of(session, public_id[:40])
    if photo is None:
        abort(404)
    return photo


def _way_back(photo: Any, public_id: str) -> str:
    anchor = f"p-{public_id}"
    if request.values.get("again"):
        return url_for(".decided", reference=show_reference(photo.reference), _anchor=anchor)
    page = request.values.get("page", 0, type=int)
    return url_for(".index", page=min(max(page, 0), 1_000) or None, _anchor=anchor)


def _page(photo: Any, sentence: str = "") -> str:
    return render_template(
        "staff/photo_edit.html",
        form=FlaskForm(),
        photo=photo,
        reference=show_reference(photo.reference),
        picture=url_for("staff.photo", public_id=photo.public_id, size="full"),
        alt=labels.photo_kind(photo.kind),
        back_url=_way_back(photo, photo.public_id),
        again=request.values.get("again", "")[:1],
        page_number=request.values.get("page", "")[:4],
        chosen=request.values.get("do", request.form.get("edit", "")),
        sentence=sentence,
        region={side: request.form.get(side, MIDDLE[side])[:20] for side in SIDES},
    )
