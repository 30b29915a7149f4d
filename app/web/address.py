"""The address of the present request, written so that it leads nowhere but back to this site.

Werkzeug hands over a decoded path: `//evil.example/` or `/%0d%0a` must not become a link or a Location by being pasted
into one.
"""

from __future__ import annotations

from urllib.parse import quote

from flask import request


def own_path() -> str:
    """This request's path without the language, fit for an address: always one leading slash, encoded."""
    return "/" + quote(request.path.lstrip("/\\"), safe="/:@-._~!$&'()*+,;=")


def own_query() -> str:
    """`?…` as it came, fit for an address, or nothing."""
    raw = quote(request.query_string, safe="/:@-._~!$&'()*+,;=%?")
    return f"?{raw}" if raw else ""
