"""The address of the present request, written so that it leads nowhere but back to this site.

Werkzeug hands over a decoded path: `//evil.example/` or `/%0d%0a` must not become a link or a Location by being pasted
into one.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import current_app, request
from werkzeug.exceptions import SecurityError

SAFE = "/:@-._~!$&'()*+,;="
"""Characters of a path that need no encoding."""


def own_path() -> str:
    """This request's path without the language, fit for an address: always one leading slash, encoded."""
    return "/" + quote(request.path.lstrip("/\\"), safe=SAFE)


def own_query() -> str:
    """`?…` as it came, fit for an address, or nothing."""
    raw = quote(request.query_string, safe="/:@-._~!$&'()*+,;=%?")
    return f"?{raw}" if raw else ""


def page_above() -> str | None:
    """The nearest page over this address: where to go when another language, or a reload, asks for what only takes a
    form.
    """
    return _nearest(1)


def page_of_form() -> str | None:
    """The page whose form was sent here: this address, where it also is a page, or the nearest one over it."""
    return _nearest(0)


def _nearest(over: int) -> str | None:
    try:
        adapter = current_app.create_url_adapter(request)
    except SecurityError:  # a host that is not ours has no pages
        return None
    parts = request.path.strip("/").split("/")
    paths = ("/" + "/".join(parts[:count]) for count in range(len(parts) - over, 0, -1))
    found = next((path for path in paths if adapter is not None and adapter.test(path, "GET")), None)
    return quote(found, safe=SAFE) if found else None
