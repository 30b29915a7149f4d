"""Addresses of the inbox: the filter, and beside it the view and the place in the list."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from app.domain.inbox import Wanted

Pairs = dict[str, str | list[str]]


def view_asked() -> str:
    """list, map or board."""
    asked = request.args.get("view", "")
    return asked if asked in {"map", "board"} else "list"


def query_of(wanted: Wanted, *, view: str = "list", **more: Any) -> str:
    """`state=closed&view=map`: the filter and what stands beside it."""
    pairs: Pairs = wanted.query()
    if view != "list":
        pairs["view"] = view
    return urlencode({**pairs, **{name: str(value) for name, value in more.items() if value}}, doseq=True)


def inbox_url(wanted: Wanted, *, view: str = "list", **more: Any) -> str:
    """The inbox with a filter. `state=open` stands where nothing else does: the bare address may be a saved filter."""
    query = query_of(wanted, view=view, **more)
    return f"{url_for('staff.index')}?{query or 'state=open'}"


def beside(endpoint: str, query: str) -> str:
    """Another route of the same rows."""
    address = url_for(endpoint)
    return f"{address}?{query}" if query else address
