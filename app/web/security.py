"""What keeps a page and a form from being used against the person in front of it.

Headers stand on every answer, errors included. The Content-Security-Policy is the one that `map.md` found free of
violations; the only stranger a page may name is the origin of TILE_URL. Flask-Talisman was turned down: its policy
language hides a dozen constant strings.

Unsafe requests: a browser says where they come from (Sec-Fetch-Site, Origin), and both must say "from here" when
present. Then a form needs its token; JSON to a view marked `@json_intake` needs no token and no cookie, but one of
the two headers must be there. The form of a view marked `@anonymous_form` needs no token where one of them is: it acts
in nobody's name, so another site gains nothing by it, and an old token or a browser without cookies costs no report.
Signing in is such a form: while its page opens, what a worker fetches behind it may bring a cookie with another token.
Flask-WTF makes and checks the token, with its Referer rule off: pages under `no-referrer` send none, and a missing one
would be refused on https only (decisions §25). Such pages also send `Origin: null`; that is taken for "absent", and
then Sec-Fetch-Site must vouch. A form without a good token does nothing and is shown again with what was typed, where
its view says how (`typed.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect

from app.config import Settings
from app.web.access import asked_who, is_public_page, let_in, wants_json
from app.web.context import settings
from app.web.typed import again_of

View = TypeVar("View", bound=Callable[..., Any])

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
WITH_TILES = "strict-origin-when-cross-origin"
NO_REFERRER = "no-referrer"
PRIVATE_BLUEPRINTS = frozenset({"auth", "desk", "held", "admin"})
PRIVATE_PATHS = (
    *("/receipt", "/follow", "/duty", "/job/", "/help", "/away"),
    *("/sign-in", "/sign-out", "/account", "/desk", "/admin"),
    *("/forgot", "/reset", "/join", "/new-email"),
)
A_YEAR = int(timedelta(days=365).total_seconds())

csrf = CSRFProtect()


def json_intake(view: View) -> View:
    """Mark a view that takes JSON from a page's script without a token, vouched for by its origin."""
    view.json_intake = True  # type: ignore[attr-defined]
    return view


def tokenless(view: View) -> View:
    """Mark a view that takes a form, changes nothing and reads no cookie: no token, so no cookie either."""
    view.tokenless = True  # type: ignore[attr-defined]
    return view


def anonymous_form(view: View) -> View:
    """Mark a view whose form acts in nobody's name: what a header vouches for needs no token; without one it does."""
    view.anonymous_form = True  # type: ignore[attr-defined]
    return view


def with_tiles(view: View) -> View:
    """Mark a view of the desk or the administration whose page shows a map: OpenStreetMap's tiles need a Referer."""
    view.with_tiles = True  # type: ignore[attr-defined]
    return view


def secure(app: Flask, settings: Settings) -> None:
    """Guard unsafe requests and put the headers on every answer of `app`."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_SSL_STRICT=False, WTF_CSRF_TIME_LIMIT=None)
    csrf.init_app(app)
    headers = fixed_headers(settings)
    app.before_request(guard_unsafe)
    app.after_request(_keep_private)
    app.context_processor(lambda: {"referrer_policy": referrer_policy()})

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Referrer-Policy", referrer_policy())
        return response


def guard_unsafe() -> ResponseReturnValue | None:
    """403 unless an unsafe request comes from a page of ours; a form without its token is shown again."""
    if request.method not in UNSAFE or request.endpoint is None:
        return None
    vouched = _comes_from_here()
    if request.is_json and _mark("json_intake"):
        if not vouched:
            abort(403)
    elif request.is_json and not vouched:
        abort(403)
    elif vouched and _mark("anonymous_form"):
        g.csrf_valid = True  # for the form's own field, which asks Flask-WTF
    elif not _mark("tokenless"):
        return _with_token()
    return None


def referrer_policy() -> str:
    """Tiles need a Referer; receipts, sign-in and the desk must leak nothing (decisions §16)."""
    private = request.blueprint in PRIVATE_BLUEPRINTS or request.path.startswith(PRIVATE_PATHS)
    return NO_REFERRER if private and not _mark("with_tiles") else WITH_TILES


def content_security_policy(tile_url: str) -> str:
    """The policy, with the tiles' origin among the images."""
    images = " ".join(["'self'", "data:", "blob:", *([origin] if (origin := origin_of(tile_url)) else [])])
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; "
        "font-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "object-src 'none'; frame-ancestors 'none'"
    )


def fixed_headers(settings: Settings) -> dict[str, str]:
    """What stands on every answer alike."""
    headers = {
        "Content-Security-Policy": content_security_policy(settings.tile_url),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
    return headers


def origin_of(url: str) -> str:
    """`https://host:port` of a URL, or "" where it has none: a path of our own, or nothing."""
    parts = urlsplit(url)
    plain = parts.netloc.replace("{s}.", "*.")
    return f"{parts.scheme}://{plain}" if parts.scheme in {"http", "https"} and plain else ""


def _comes_from_here() -> bool:
    """Whether a header vouches for the sender; aborts where one accuses it."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in {None, "same-origin", "none"}:
        abort(403)
    if origin == "null":
        origin = None
        if site != "same-origin":
            abort(403)
    if origin is not None and origin.lower() not in _our_origins():
        abort(403)
    return site == "same-origin" or origin is not None


def _our_origins() -> set[str]:
    """The base URL, and the address the browser used: `localhost` and 127.0.0.1 are both ours in development."""
    return {origin_of(settings().base_url.lower()), request.host_url.rstrip("/").lower()}


def _with_token() -> ResponseReturnValue | None:
    """None for a form with a good token. Who may not open the page is told so before a form is shown again."""
    try:
        csrf.protect()
    except CSRFError:
        again = again_of(current_app.view_functions.get(request.endpoint or ""))
        if again is None or wants_json():
            raise
        return let_in() or again(**(request.view_args or {}))
    return None


def _mark(name: str) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, name, False))


def _keep_private(response: Response) -> Response:
    """Pages of one person are kept by nobody; pages with a form's token neither (`cookies.FormCookie`)."""
    if asked_who() or not is_public_page():
        response.headers["Cache-Control"] = "no-store"
    elif response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-cache")
    return response


__all__ = ["CSRFError", "anonymous_form", "csrf", "json_intake", "referrer_policy", "secure", "tokenless", "with_tiles"]
