"""The language is the first step of the address: `/ru/…`, `/en/…`, and none for the default language.

Decision: werkzeug's DispatcherMiddleware moves the prefix into SCRIPT_NAME, so routes are written once and `url_for`
keeps the language by itself. The language is a context variable, set here for the length of one request. Turned down:
a `<lang>` in every rule (each `url_for` must then carry it), and cookies or Accept-Language (one address would then be
several pages, and no cache could keep it).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, abort, redirect, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response as AnyResponse

from app import i18n
from app.config import Settings
from app.web.access import PUBLIC, access
from app.web.address import own_query

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def speak(app: Flask, settings: Settings) -> None:
    """Mount `app` once for each language, and send the default one's prefix to the plain address."""
    inner = app.wsgi_app
    mounts = {f"/{code}": _in(code, inner) for code in settings.languages if code != settings.default_language}
    app.wsgi_app = DispatcherMiddleware(_in(settings.default_language, inner), mounts)  # type: ignore[method-assign]
    app.add_url_rule(f"/{settings.default_language}/", "unprefixed", unprefixed)
    app.add_url_rule(f"/{settings.default_language}/<path:rest>", "unprefixed", unprefixed)
    app.after_request(_name_language)


@access(PUBLIC)
def unprefixed(rest: str = "") -> AnyResponse:
    """The default language has no prefix: one page, one address."""
    if request.script_root:
        abort(404)
    return redirect("/" + quote(rest.lstrip("/\\"), safe="/:@-._~") + own_query(), 308)


def _in(code: str, inner: WSGIApplication) -> WSGIApplication:
    def speaking(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with i18n.speaking(code):
            return inner(environ, start_response)

    return speaking


def _name_language(response: Response) -> Response:
    if response.mimetype in {"text/html", "application/json"}:
        response.headers["Content-Language"] = i18n.language()
    return response
