"""Which maps there are, what one depends on, and what is left of its shell once it is taken apart (`map.py`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup


class Kind(StrEnum):
    """Which map: the public one, the pin picker of a report, one hazard at its place, areas to choose from, or the
    inbox of a body."""

    BROWSE = "browse"
    PICK = "pick"
    HAZARD = "hazard"
    AREAS = "areas"
    INBOX = "inbox"


@dataclass(frozen=True)
class MapView:
    """Where a map opens when the page says nothing else: degrees (WGS84) and zoom."""

    lat: float
    lon: float
    zoom: int
    min_zoom: int = 4
    max_zoom: int = 19


@dataclass(frozen=True)
class Ground:
    """The basemap: an XYZ tile address with its attribution (plain text), or none: our own outlines."""

    tile_url: str = ""
    attribution: str = ""


@dataclass(frozen=True)
class Setting:
    """What one cached shell depends on. `root` is the language's address prefix ("" or "/ru")."""

    language: str
    root: str
    view: MapView
    ground: Ground


@dataclass(frozen=True)
class MapParts:
    """A shell taken apart. `css`, `js` and `modules` are names for `asset()`; `script` is an ES module."""

    kind: Kind
    language: str
    css: tuple[str, ...]
    js: tuple[str, ...]
    modules: tuple[str, ...]
    html: Markup
    script: str

    @property
    def digest(self) -> str:
        """The hash of the script, for its address."""
        return hashlib.sha256(self.script.encode()).hexdigest()[:16]

    @property
    def url(self) -> str:
        """Where the script is served; no language prefix, so that each has one cache entry."""
        return f"/map/shell/{self.kind}-{self.language}-{self.digest}.js"
