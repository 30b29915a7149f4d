"""The three cookies, and who gets them. Visitors get none (decisions §15).

* `qauip_session`: set at sign-in only; the key of a session kept on the server.
* `qauip_step`: between the first and the second step of signing in; minutes.
* `qauip_form`: Flask's signed cookie; carries the token of a form, and the notices of staff pages. Only a page with a
  form sets it. It is good for two hours after the last such page, and each of them signs it anew: else a form opened
  when the cookie is nearly over would be refused minutes later.

`__Host-` and Secure only where the base URL is https: browsers drop such cookies on plain http (decisions §24).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask, Request, Response, current_app
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response as AnyResponse

from app.config import Settings

FORM_LASTS = timedelta(hours=2)
TOKEN_LENGTH = 43  # 32 bytes in URL-safe base 64


class FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie; a page that read or wrote it is for one person only."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep the answer out of every cache where the cookie was used, and sign anew what the cookie holds."""
        if session.accessed:
            response.headers["Cache-Control"] = "no-store"
            session.modified = session.modified or bool(session)
        super().save_session(app, session, response)


def configure_cookies(app: Flask, settings: Settings) -> None:
    """Name and guard the form's cookie."""
    app.session_interface = FormCookie()
    app.config.update(
        SESSION_COOKIE_NAME=_name(settings, "qauip_form"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=FORM_LASTS,
        QAUIP_SESSION_COOKIE=_name(settings, "qauip_session"),
        QAUIP_STEP_COOKIE=_name(settings, "qauip_step"),
    )


def session_token(request: Request) -> str:
    """The token sent with `request`, or "" where there is none of the right shape."""
    token = request.cookies.get(_session_cookie(), "")
    return token if len(token) == TOKEN_LENGTH and token.isascii() else ""


def keep_session(response: AnyResponse, token: str, *, until: datetime, settings: Settings) -> None:
    """Give the browser its key."""
    response.set_cookie(
        _session_cookie(), token, expires=until, path="/", secure=settings.secure, httponly=True, samesite="Lax"
    )


def drop_session(response: AnyResponse, *, settings: Settings) -> None:
    """Take the key back, and all else this site keeps in the browser about the form."""
    response.delete_cookie(_session_cookie(), path="/", secure=settings.secure, httponly=True, samesite="Lax")


def _name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if settings.secure else name


def _session_cookie() -> str:
    return str(current_app.config["QAUIP_SESSION_COOKIE"])


def step_token(request: Request) -> str:
    """The token of a half-done sign-in, or ""."""
    token = request.cookies.get(_step_cookie(), "")
    return token if len(token) == TOKEN_LENGTH and token.isascii() else ""


def keep_step(response: AnyResponse, token: str, *, until: datetime, settings: Settings) -> None:
    """Remember for minutes which sign-in is half done. It is sent to pages that this site's pages lead to, only."""
    response.set_cookie(
        _step_cookie(), token, expires=until, path="/", secure=settings.secure, httponly=True, samesite="Strict"
    )


def drop_step(response: AnyResponse, *, settings: Settings) -> None:
    """Forget it: it is done."""
    response.delete_cookie(_step_cookie(), path="/", secure=settings.secure, httponly=True, samesite="Strict")


def _step_cookie() -> str:
    return str(current_app.config["QAUIP_STEP_COOKIE"])
