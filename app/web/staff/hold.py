"""A moderator's flag: violence or a child in danger. All that reporters sent goes sealed to the desk, and nowhere else.

Decision: what is there is sealed first and taken away in a second transaction, which refuses when something came in
between: pictures are read from the store, and no row is locked meanwhile.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from shapely.geometry import mapping

from app.actions.held import hold_hazard
from app.domain.errors import DomainError, HazardNotFound
from app.domain.held import HeldContent
from app.domain.permissions import Permission
from app.domain.references import parse_reference
from app.i18n import gettext
from app.queries.held import hazard_to_hold, to_be_held
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now
from app.web.held import forget_photos, seal, stored_bytes

bp = Blueprint("hold", __name__, url_prefix="/staff/moderation/hold")


@bp.post("/<reference>")
@access(Permission.MODERATE)
def hold(reference: str) -> ResponseReturnValue:
    """Seal, hide, tell the desk; then back to the queue."""
    try:
        code = parse_reference(reference)
    except DomainError:
        abort(404)
    try:
        _to_the_desk(code)
        flash(gettext("It was given to the desk, and nobody else sees it now."), "success")
    except DomainError as error:
        flash(labels.error(error), "danger")
    return redirect(url_for("moderation.index"), 303)


def _to_the_desk(code: str) -> None:
    with db() as session:
        hazard = hazard_to_hold(session, code)
        if hazard is None:
            raise HazardNotFound(reference=code)
        there = to_be_held(session, hazard.id)
    content = HeldContent(
        texts=tuple(row.text for row in there.reports if row.text),
        language=there.reports[0].language if there.reports else "kk",
        hazard_type=hazard.hazard_type,
        geometry=mapping(hazard.geom),
        someone_hurt=any(row.someone_hurt for row in there.reports),
        about=code,
    )
    sealed, photos = seal(content, stored_bytes(row.content_key for row in there.photos))
    with db() as session:
        keys = hold_hazard(session, by=actor(), reference=code, seen=there.ids, sealed=sealed, photos=photos, now=now())
    forget_photos(keys)
