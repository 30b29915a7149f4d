"""What the pages of signing in share: their blueprint, who is here, the answer that carries a new key."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.actions.account_links import Letters
from app.actions.passkeys import Site
from app.actions.sealing import Seal
from app.actions.sessions import NewSession
from app.actions.steps import NewStep
from app.i18n import gettext, language
from app.queries.accounts import SignedIn
from app.web import cookies
from app.web.access import signed_in
from app.web.context import settings
from app.web.security import origin_of
from app.web.work_links import first_place

bp = Blueprint("auth", __name__)


def me() -> SignedIn:
    """Who is here; for views of people who are signed in."""
    found = signed_in()
    if found is None:  # `@access(SIGNED_IN)` let nobody else in
        raise RuntimeError("nobody is signed in")
    return found


def my_id() -> int:
    """The number of the own account."""
    return me().actor.account_id or 0


def home() -> str:
    """The first place of work of whoever is signed in."""
    return request.script_root + first_place(current_app).path


def with_key(answer: ResponseReturnValue, made: NewSession) -> ResponseReturnValue:
    """The answer with the new session's key. Nothing from before is kept: the token of forms is new too."""
    session.clear()
    response = current_app.make_response(answer)
    cookies.keep_session(response, made.token, until=made.until, settings=settings())
    cookies.drop_step(response, settings=settings())
    return response


def say_silenced(silenced: bool) -> None:
    """That messages have ended in other browsers, where any came: whoever keeps such a device allows them anew."""
    if silenced:
        flash(
            gettext(
                "Messages have ended in your other browsers too. Allow them there again, in My account under “What I am"
                " told”."
            ),
            "info",
        )


def go(where: str) -> Response:
    """On to another page, by GET."""
    return redirect(where, 303)


def with_step(answer: ResponseReturnValue, step: NewStep | None) -> ResponseReturnValue:
    """The answer with the token of what is half done, where there is a new one."""
    response = current_app.make_response(answer)
    if step is not None:
        cookies.keep_step(response, step.token, until=step.until, settings=settings())
    return response


def seal() -> Seal:
    """Of the secrets of one-time codes."""
    return Seal([settings().secret_key, *settings().old_secret_keys])


def letters() -> Letters:
    """In the language of this page."""
    return Letters(settings().secret_key.encode(), language())


def passkey_site() -> Site | None:
    """What passkeys are bound to; None on an IP address, where browsers make none."""
    host = urlsplit(settings().base_url).hostname or "localhost"
    if _is_ip(host):
        return None
    return Site(host, origin_of(settings().base_url), gettext("Hazard map"))


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
