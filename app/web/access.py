"""Who may open a page. Every view says so; one that does not stops the start (`check_every_view`).

    @bp.get("/hazards/<reference>")
    @access(Permission.SEE_BODY_HAZARDS)
    def hazard(reference: str) -> str: ...

Decision: a mark on the view and one hook that denies by default. It only hides pages: the actions check again, with
the subject in hand. PUBLIC views never look at the session, so that they are the same for everybody and may be
cached; one that calls `actor()` is marked private by itself. Turned down: Flask-Login and Flask-Principal (a second
idea of who somebody is), and hooks on blueprints (a view registered elsewhere slips by).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar, cast
from urllib.parse import quote

from flask import Flask, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response

from app.actions.sessions import use_session
from app.domain.permissions import ANONYMOUS, Actor, Permission
from app.queries.accounts import SignedIn
from app.web import cookies
from app.web.address import own_path, own_query
from app.web.context import db, now, settings

View = TypeVar("View", bound=Callable[..., Any])


class Door(Enum):
    """Doors that need no permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


PUBLIC = Door.PUBLIC
SIGNED_IN = Door.SIGNED_IN


@dataclass(frozen=True)
class Rule:
    """`any_of` empty: everybody who is signed in."""

    public: bool = False
    any_of: frozenset[Permission] = frozenset()


def access(*given: Door | Permission) -> Callable[[View], View]:
    """Mark a view: PUBLIC, SIGNED_IN, or the permissions of which one is enough."""
    permissions = frozenset(each for each in given if isinstance(each, Permission))
    if not given or (PUBLIC in given and len(given) > 1):
        raise ValueError("say PUBLIC, SIGNED_IN or permissions")
    rule = Rule(public=PUBLIC in given, any_of=permissions)

    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def before_second_factor(view: View) -> View:
    """Mark a view that is open to somebody whose role needs a second factor and who has none yet: to get one."""
    view.before_second_factor = True  # type: ignore[attr-defined]
    return view


def rule_of(view: Callable[..., Any] | None) -> Rule | None:
    """The mark of a view, or None."""
    return cast("Rule | None", getattr(view, "access_rule", None))


def check_every_view(app: Flask) -> None:
    """Raise RuntimeError naming the views without a mark."""
    missing = sorted(name for name, view in app.view_functions.items() if rule_of(view) is None)
    if missing:
        raise RuntimeError(f"no @access rule: {', '.join(missing)}")


def guard(app: Flask) -> None:
    """Ask every request, before its view."""
    app.before_request(let_in)


def let_in() -> Response | None:
    """None for whoever may open the page of this request; else the way to sign in, 401 or 403."""
    rule = rule_of(_view())
    if request.endpoint is None or (rule and rule.public):
        return None
    found = signed_in()
    if rule is None or (found and rule.any_of and not rule.any_of & found.actor.permissions):
        abort(403)
    if found and _lacks_second_factor(found):
        return _to_second_factor()
    return None if found else _to_sign_in()


def _lacks_second_factor(found: SignedIn) -> bool:
    """Whether a role of theirs needs one (the setting says which), and this page is not where it is got."""
    needed = settings().second_factor_roles & found.actor.roles
    return bool(needed) and not found.second_factor and not getattr(_view(), "before_second_factor", False)


def _to_second_factor() -> Response:
    if wants_json() or request.method not in {"GET", "HEAD"}:
        abort(403)
    return redirect(f"{request.script_root}/account/second-factor")


def signed_in() -> SignedIn | None:
    """Who sent this request, by the cookie; one query for each request, and none without a cookie."""
    if "signed_in" not in g:
        token = cookies.session_token(request)
        g.signed_in = None
        if token:
            with db() as session:
                g.signed_in = use_session(session, token=token, now=now())
    return cast("SignedIn | None", g.signed_in)


def actor() -> Actor:
    """Who acts: hand it to actions as `by`. ANONYMOUS on public pages for people without a session."""
    found = signed_in()
    return found.actor if found else ANONYMOUS


def asked_who() -> bool:
    """Whether this request looked at who sent it: its answer is then private."""
    return "signed_in" in g


def is_public_page() -> bool:
    """Whether the view of this request is open to everybody (also true where there is no view)."""
    rule = rule_of(_view())
    return rule is None or rule.public


def wants_json() -> bool:
    """Whether the sender is a script: it sent JSON, or accepts JSON and not a page."""
    accepts = request.accept_mimetypes
    return request.is_json or (accepts["application/json"] > accepts["text/html"])


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")


def _to_sign_in() -> Response:
    if wants_json() or request.method not in {"GET", "HEAD"}:
        abort(401)
    here = quote(request.script_root + own_path() + own_query(), safe="/")
    return redirect(f"{request.script_root}/sign-in?next={here}")
