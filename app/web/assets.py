"""Addresses of static files, with a hash of their content.

Decision: `asset("css/app.css")` gives `/static/css/app.css?v=<hash>`, so that browsers may keep a file for a year
and still get a new one at once. The address never carries a language prefix: one file, one cache entry.
Turned down: a manifest written by a build step. We have no build step; a file is hashed once per change.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request

STATIC = Path(__file__).parent.parent / "static"
A_YEAR = 365 * 24 * 3600


@lru_cache(maxsize=512)
def _digest(path: Path, changed_ns: int) -> str:
    """`changed_ns` is there for the cache: a file that changed is hashed anew."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The address of `static/<name>`; a name that is not there raises `FileNotFoundError`."""
    path = STATIC / name
    return f"/static/{name}?v={_digest(path, path.stat().st_mtime_ns)}"


def cache_assets(app: Flask) -> None:
    """Let browsers keep what was asked for by its hash; everything else static is checked each time."""

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            response.cache_control.clear()
            response.cache_control.public = True
            if request.args.get("v"):
                response.cache_control.max_age = A_YEAR
                response.cache_control.immutable = True
            else:
                response.cache_control.no_cache = True
        return response
