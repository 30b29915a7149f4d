"""The map of a page, with the settings of this process and the language of this request filled in.

A view says `map_parts(Kind.BROWSE)` and hands the parts to its template; `components/map.html` does the rest.
Kept apart from `map.py`, which knows Folium and no request.
"""

from __future__ import annotations

from collections.abc import Callable

from app import i18n
from app.web.context import settings
from app.web.map import areas_map, browse_map, hazard_map, inbox_map, pick_map
from app.web.map_kinds import Ground, Kind, MapParts, MapView

BUILDERS: dict[Kind, Callable[..., MapParts]] = {
    Kind.BROWSE: browse_map,
    Kind.PICK: pick_map,
    Kind.HAZARD: hazard_map,
    Kind.AREAS: areas_map,
    Kind.INBOX: inbox_map,
}


def map_parts(kind: Kind, language: str | None = None) -> MapParts:
    """The shell of `kind`, in the language in use or a given one; built once, then kept."""
    code = language or i18n.language()
    conf = settings()
    lon, lat = conf.map_center
    root = "" if code == conf.default_language else f"/{code}"
    ground = Ground(conf.tile_url, conf.tile_attribution)
    return BUILDERS[kind](code, MapView(lat, lon, conf.map_zoom), ground, root=root)
