"""A stranger's geocoder, Nominatim or Photon, asked only where a city sets it and only for what we do not know.

Decision: one short GET with a deadline over all of it, a bounded answer, no redirect, https or this machine only; any
failure is no answer, and for half a minute after one nobody waits again. Never asked while somebody types: words half
written are nobody's business, and the public Nominatim forbids it. Turned down: asking it first, which hands all
words to a stranger and makes our search as slow and as dead as theirs; geopy, which reads answers of any size.
"""

from __future__ import annotations

import http.client
import json
import logging
import math
import time
from dataclasses import dataclass
from ipaddress import ip_address
from threading import BoundedSemaphore
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from app.domain.geo import Bounds

TIMEOUT_S = 2.0
PAUSE_S = 30.0
MOST_BYTES = 256 * 1024
AT_ONCE = 2
LIMIT = 8
NAME_MAX = 200
AGENT = "Qauip (hazard reports; one question at a time)"
KINDS = ("nominatim", "photon")
_FAILURES = (OSError, http.client.HTTPException, ValueError, TypeError, LookupError, AttributeError, RecursionError)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Address:
    """Degrees, WGS84; `parent`: what lies around it, in the geocoder's words."""

    name: str
    parent: str
    lat: float
    lon: float


class Geocoder(Protocol):
    def find(self, text: str, *, language: str, bounds: Bounds) -> tuple[Address, ...]:
        """At most LIMIT addresses within `bounds`; none where there are none, or on any failure."""


class NoGeocoder:
    """Where none is set."""

    def find(self, text: str, *, language: str, bounds: Bounds) -> tuple[Address, ...]:
        return ()


class HttpGeocoder:
    """`url`: of the search, e.g. https://nominatim.example/search. Raises ValueError for one that may not be asked."""

    def __init__(self, url: str, kind: str, *, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        if kind not in KINDS or not parts.hostname or not _allowed(parts.scheme, parts.hostname):
            raise ValueError(
                "GEOCODER_URL must be https (http on this machine only), GEOCODER_KIND nominatim or photon"
            )
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path or "/"
        self._secure, self._kind, self._timeout_s = parts.scheme == "https", kind, timeout_s
        self._free, self._again_at = BoundedSemaphore(AT_ONCE), 0.0

    def find(self, text: str, *, language: str, bounds: Bounds) -> tuple[Address, ...]:
        """As the protocol says; nobody waits while it is known to fail or is busy."""
        if time.monotonic() < self._again_at or not self._free.acquire(blocking=False):
            return ()
        try:
            answer = json.loads(self._get(_question(self._kind, text, language, bounds)))
            return _within(_READ[self._kind](answer), bounds)
        except _FAILURES as error:
            self._again_at = time.monotonic() + PAUSE_S
            _log.warning("the geocoder did not answer: %s", type(error).__name__)
            return ()
        finally:
            self._free.release()

    def _get(self, asked: dict[str, str]) -> bytes:
        until = time.monotonic() + self._timeout_s
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=self._timeout_s)
        try:
            connection.request("GET", f"{self._path}?{urlencode(asked)}", headers={"User-Agent": AGENT})
            wire = connection.sock
            wire.settimeout(max(0.01, until - time.monotonic()))
            response = connection.getresponse()
            if response.status != 200:
                raise OSError(response.status)
            return _read(response, wire, until)
        finally:
            connection.close()


def _read(response: http.client.HTTPResponse, wire: Any, until: float) -> bytes:
    """All of a small answer in time; a drop at a time is a failure like any other."""
    got = b""
    while part := response.read1(16 * 1024):
        got += part
        left = until - time.monotonic()
        if len(got) > MOST_BYTES or left <= 0:
            raise OSError("too much or too slow")
        wire.settimeout(left)
    return got


def _allowed(scheme: str, host: str) -> bool:
    if scheme == "https":
        return True
    try:
        return scheme == "http" and ip_address(host).is_loopback
    except ValueError:
        return scheme == "http" and host == "localhost"


def _question(kind: str, text: str, language: str, bounds: Bounds) -> dict[str, str]:
    box = f"{bounds.west},{bounds.south},{bounds.east},{bounds.north}"
    if kind == "photon":  # speaks no Kazakh and refuses what it does not speak
        return {"q": text, "limit": str(LIMIT), "bbox": box}
    more = {"format": "jsonv2", "bounded": "1", "viewbox": box, "accept-language": language}
    return {"q": text, "limit": str(LIMIT), **more}


def _nominatim(answer: Any) -> list[Address]:
    found = []
    for each in answer[: LIMIT * 2]:
        name, _comma, rest = str(each["display_name"]).partition(", ")
        found.append(Address(str(each.get("name") or name), rest, float(each["lat"]), float(each["lon"])))
    return found


def _photon(answer: Any) -> list[Address]:
    found = []
    for each in answer["features"][: LIMIT * 2]:
        lon, lat = each["geometry"]["coordinates"]
        said = each["properties"]
        street = " ".join(str(said[key]) for key in ("street", "housenumber") if said.get(key))
        around = [str(said[key]) for key in ("district", "city", "state") if said.get(key)]
        found.append(Address(str(said.get("name") or street), ", ".join(around), float(lat), float(lon)))
    return found


_READ = {"nominatim": _nominatim, "photon": _photon}


def _within(found: list[Address], bounds: Bounds) -> tuple[Address, ...]:
    fit = (
        Address(each.name[:NAME_MAX], each.parent[:NAME_MAX], round(each.lat, 6), round(each.lon, 6))
        for each in found
        if math.isfinite(each.lat) and math.isfinite(each.lon) and bounds.contains(each.lon, each.lat) and each.name
    )
    return tuple(fit)[:LIMIT]
