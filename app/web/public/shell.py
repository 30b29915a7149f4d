"""The scripts of the maps, as files: `/map/shell/browse-kk-<hash>.js`.

Decision: named by their content and kept by browsers for a year, so that the page needs no inline script. A page that
is older than this process asks for a hash we do not have; it gets today's script and keeps nothing. Turned down: 404
for it, which would leave readers without a map during each release.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort

from app.i18n import LANGUAGES
from app.web.access import PUBLIC, access
from app.web.assets import A_YEAR
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts

shell = Blueprint("shell", __name__)


@shell.get("/map/shell/<kind>-<language>-<digest>.js")
@access(PUBLIC)
def script(kind: str, language: str, digest: str) -> Response:
    """The script that Folium wrote for one kind of map in one language."""
    if kind not in set(Kind) or language not in LANGUAGES:
        abort(404)
    parts = map_parts(Kind(kind), language)
    response = Response(parts.script, mimetype="text/javascript")
    if digest == parts.digest:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
