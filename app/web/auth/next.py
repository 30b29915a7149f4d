"""Where to go after signing in: only to a page of ours.

Flask's `redirect()` passes `//e`, `/\\e`, `/<tab>/e` and `https:e` unchanged, and browsers take each of them to another
site. So the address must look like a path, and must be one that a route of ours answers to.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.web.context import settings

PLAIN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def safe_next(given: str | None) -> str | None:
    """`given` if it is the address of a page of this site, else None."""
    if not given or not PLAIN_PATH.fullmatch(given) or not PLAIN_PATH.fullmatch(unquote(given)):
        return None
    return given if _is_ours(urlsplit(given).path) else None


def _is_ours(path: str) -> bool:
    first, _, rest = path.lstrip("/").partition("/")
    route = f"/{rest}" if first in settings().languages else path
    try:
        current_app.url_map.bind("").match(unquote(route), method="GET")
    except RequestRedirect:
        return "//" not in route
    except HTTPException:
        return False
    return True
