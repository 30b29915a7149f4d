"""Every Folium map. Folium builds a small shell; hazards never go through it.

Decision: a shell (a `folium.Map` subclass, its basemap and controls) is rendered once per kind and language, taken
apart and kept. Its script is served as an external file named by its content (`web/public/shell.py`), so that the
Content-Security-Policy needs no nonce and pages can be cached; its ids are fixed, so that every worker writes the
same bytes. Folium's script only makes short calls into `static/js/map/shell.js`. What varies by request (a place,
a hazard, a filter) stands in data attributes that `templates/components/map.html` writes around the shell.

Turned down: stock Folium, which loads ten files from strangers, forbids zooming the page and needs inline script and
style; and Folium's pop-ups, tooltips and icons for data, because it pastes text into a JavaScript template literal,
where a citizen's `${…}` is code (`tests/architecture/test_folium_ban.py` keeps them out).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape
from typing import Any

import folium
from branca.element import CssLink, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.plugins import LocateControl
from folium.template import Template
from markupsafe import Markup

from app import i18n
from app.i18n import gettext as _
from app.web.assets import asset
from app.web.map_kinds import Ground, Kind, MapParts, MapView, Setting

LEAFLET = "vendor/leaflet/leaflet"
LOCATE = "vendor/leaflet.locatecontrol/L.Control.Locate.min"
ENTRY = "js/map/shell.js"
MODULES = (
    *(
        "areas",
        "basemap",
        "browse",
        "features",
        "filters",
        "frame",
        "icons",
        "inbox",
        "list",
        "locate",
        "markers",
        "marks",
    ),
    *("merge", "names", "pick", "pinned", "place", "popup", "rows", "search", "words"),
)
OSM_CREDIT = '<a href="https://www.openstreetmap.org/copyright" rel="noopener">OpenStreetMap</a>'


class Shell(folium.Map):
    """`folium.Map` without its header (inline style and script, no page zoom) and without jQuery and Bootstrap."""

    default_js = [("leaflet", f"{LEAFLET}.js")]  # noqa: RUF012 - Folium's own attribute
    default_css = [("leaflet_css", f"{LEAFLET}.css")]  # noqa: RUF012
    _template = Template("""
        {% macro html(this, kwargs) %}
        <div class="folium-map" id="{{ this.get_name() }}" role="region" aria-label="{{ this.label|e }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }}, ...{{ this.options|tojavascript }} });
        frame({{ this.get_name() }}, {{ this.words|tojson }});
        {% endmacro %}""")

    def __init__(self, kind: Kind, view: MapView, label: str) -> None:
        zooms: dict[str, Any] = {"zoom_start": view.zoom, "min_zoom": view.min_zoom, "max_zoom": view.max_zoom}
        super().__init__(location=[view.lat, view.lon], tiles=None, zoom_control=False, **zooms)
        self.options.update(min_zoom=view.min_zoom, max_zoom=view.max_zoom, scroll_wheel_zoom=kind != Kind.HAZARD)
        self.label = label
        self.words = {"zoomIn": _("Zoom in"), "zoomOut": _("Zoom out")}
        _name(self, kind.value)


class Tiles(folium.TileLayer):
    """`folium.TileLayer` that gives way to our own outlines when the tiles do not come."""

    _template = Template("""
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = tiles(
            {{ this.tiles|tojson }}, {{ this.options|tojavascript }}, {{ this.config|tojson }});
        {% endmacro %}""")

    def __init__(self, ground: Ground, view: MapView, outlines_url: str) -> None:
        credit = escape(ground.attribution or " ").replace("OpenStreetMap", OSM_CREDIT)
        super().__init__(tiles=ground.tile_url, attr=credit, min_zoom=view.min_zoom, max_zoom=view.max_zoom)
        failed = _("The map background did not load. The hazards and the form work without it.")
        self.config = {"outlinesUrl": outlines_url, "words": {"failed": failed}}
        self._id = "ground"


class Outlines(JSCSSMixin, Layer):
    """Our own area outlines as the ground, where no tile address is set."""

    _template = Template("""
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = outlines({{ this.url|tojson }});
        {% endmacro %}""")

    def __init__(self, url: str) -> None:
        super().__init__(name="outlines", overlay=False, control=False, show=True)
        self._name, self._id, self.url = "Outlines", "ground", url


class Locate(LocateControl):
    """Folium's locate control from our own files, with a sentence instead of its alert box."""

    default_js = [("locate", f"{LOCATE}.js")]  # noqa: RUF012
    default_css = [("locate_css", f"{LOCATE}.css")]  # noqa: RUF012
    _template = Template("""
        {% macro script(this, kwargs) %}
        locate({{ this._parent.get_name() }}, {{ this.options|tojson }}, {{ this.words|tojson }});
        {% endmacro %}""")

    def __init__(self) -> None:
        super().__init__(setView="once", keepCurrentZoomLevel=False, initialZoomLevel=16)
        failed = _("Your place could not be found. Allow it in the browser, or move the map by hand.")
        self.words = {"title": _("Show where I am"), "failed": failed}
        self._id = "locate"


class Behaviour(MacroElement):
    """One call into our modules: `browse(map, config)`, `pick(map, config)`, `pinned(map, config)`."""

    _template = Template("""
        {% macro script(this, kwargs) %}
        {{ this.call }}({{ this._parent.get_name() }}, {{ this.config|tojson }});
        {% endmacro %}""")

    def __init__(self, call: str, **config: object) -> None:
        super().__init__()
        self._name, self._id, self.call, self.config = "Behaviour", call, call, config


def browse_map(language: str, view: MapView, ground: Ground, *, root: str = "") -> MapParts:
    """The public map. `root` is the language's address prefix ("" or "/ru"), for the data it asks for."""
    return _built(Kind.BROWSE, Setting(language, root, view, ground), asset(ENTRY))


def pick_map(language: str, view: MapView, ground: Ground, *, root: str = "") -> MapParts:
    """The pin picker: it writes to the inputs `lat` and `lon` of the form it stands in."""
    return _built(Kind.PICK, Setting(language, root, view, ground), asset(ENTRY))


def hazard_map(language: str, view: MapView, ground: Ground, *, root: str = "") -> MapParts:
    """One hazard at its place, for its public page and for staff."""
    return _built(Kind.HAZARD, Setting(language, root, view, ground), asset(ENTRY))


def areas_map(language: str, view: MapView, ground: Ground, *, root: str = "") -> MapParts:
    """Areas that open their page; the wrapper's `data-url` says which."""
    return _built(Kind.AREAS, Setting(language, root, view, ground), asset(ENTRY))


def inbox_map(language: str, view: MapView, ground: Ground, *, root: str = "") -> MapParts:
    """The rows of an inbox; the wrapper's `data-url` says which."""
    return _built(Kind.INBOX, Setting(language, root, view, ground), asset(ENTRY))


@lru_cache(maxsize=32)
def _built(kind: Kind, setting: Setting, entry: str) -> MapParts:
    with i18n.speaking(setting.language):
        shell = Shell(kind, setting.view, _LABELS[kind]())
        shell.add_child(_floor(setting))
        for part in _BEHAVIOURS[kind](setting):
            shell.add_child(part)
        return _taken_apart(kind, setting.language, shell, entry)


def _floor(setting: Setting) -> Layer:
    outlines_url = f"{setting.root}/map/outlines"
    if setting.ground.tile_url:
        return Tiles(setting.ground, setting.view, outlines_url)
    return Outlines(outlines_url)


def _browse(setting: Setting) -> tuple[MacroElement, ...]:
    words = {
        "close": _("Close"),
        "inView": _("In view: %(num)s", num="{num}"),
        "cluster": _("%(num)s: hazards close together, zoom in", num="{num}"),
        "failed": _("The hazards did not load. Check the connection and move the map to try again."),
    }
    return Behaviour("browse", url=f"{setting.root}/map", words=words), Locate()


def _pick(setting: Setting) -> tuple[MacroElement, ...]:
    words = {
        "pin": _("Pin of the hazard. Arrow keys move it."),
        "moved": _("Pin: %(lat)s, %(lon)s", lat="{lat}", lon="{lon}"),
    }
    return Behaviour("pick", words=words), Locate()


def _inbox(setting: Setting) -> tuple[MacroElement, ...]:
    words = {
        "close": _("Close"),
        "cluster": _("%(num)s: hazards close together, zoom in", num="{num}"),
        "more": _("Only the %(num)s first ones of the list are on the map here. Zoom in to see all.", num="{num}"),
        "failed": _("The hazards did not load. Check the connection and move the map to try again."),
    }
    return Behaviour("inbox", words=words), Locate()


_BEHAVIOURS: dict[Kind, Callable[[Setting], tuple[MacroElement, ...]]] = {
    Kind.BROWSE: _browse,
    Kind.PICK: _pick,
    Kind.HAZARD: lambda setting: (Behaviour("pinned"),),
    Kind.INBOX: _inbox,
    Kind.AREAS: lambda setting: (Behaviour("areas", failed=_("The areas did not load. The list holds the same.")),),
}
_LABELS: dict[Kind, Callable[[], str]] = {
    Kind.BROWSE: lambda: _("Map of hazards"),
    Kind.PICK: lambda: _("Map for the pin"),
    Kind.HAZARD: lambda: _("Map of this hazard"),
    Kind.AREAS: lambda: _("Map of areas"),
    Kind.INBOX: lambda: _("Map of the hazards in the list"),
}


def _name(shell: Shell, name: str) -> None:
    """Give the map a fixed id instead of Folium's random one; its figure must know it by the new name."""
    shell._id = name
    figure = shell.get_root()
    figure._children.clear()
    figure.add_child(shell)


def _taken_apart(kind: Kind, language: str, shell: Shell, entry: str) -> MapParts:
    """Render once (a second rendering would add every layer twice) and keep the parts."""
    shell.render()
    figure: Any = shell.get_root()
    links = list(figure.header._children.values())
    names = "{ frame, tiles, outlines, locate, browse, pick, pinned, areas, inbox }"
    return MapParts(
        kind=kind,
        language=language,
        css=(*(link.url for link in links if isinstance(link, CssLink)), "css/map.css"),
        js=tuple(link.url for link in links if isinstance(link, JavascriptLink)),
        modules=tuple(f"js/map/{name}.js" for name in MODULES),
        html=Markup(figure.html.render()),  # noqa: S704 - our own template and translated words, escaped there
        script=f'import {names} from "{entry}";\n{figure.script.render()}',
    )
