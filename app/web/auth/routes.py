"""Signing in and out, by password. The second step and passkeys: `second_step.py`; the own account: `account.py`."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.actions import accounts, sessions, staff_choices
from app.actions.steps import NewStep
from app.domain.errors import DomainError
from app.web import cookies, labels
from app.web.access import PUBLIC, SIGNED_IN, access, actor, before_second_factor, signed_in
from app.web.auth.common import bp, go, home, me, passkey_site, with_key, with_step
from app.web.auth.forms import PasskeyForm, SignInForm
from app.web.auth.next import safe_next
from app.web.context import db, now, settings
from app.web.device import sender
from app.web.errors import status_of
from app.web.push_subscription import staff_browser_key
from app.web.security import anonymous_form
from app.web.typed import keeps_typed


def _expired() -> ResponseReturnValue:
    return refused(SignInForm(), labels.form_expired()), 403


@bp.route("/sign-in", methods=["GET", "POST"])
@access(PUBLIC)
@anonymous_form
@keeps_typed(_expired)
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password; a wrong pair says only that it is wrong."""
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        return _try(form)
    if request.method == "GET" and signed_in():
        return redirect(home())
    return sign_in_page(form), 400 if form.errors else 200


@bp.post("/sign-out")
@access(SIGNED_IN)
@before_second_factor
def sign_out() -> ResponseReturnValue:
    """End this session, here and on the server, and the messages of this browser, whose address its script sends along:
    whoever holds the device next must not read what its last user was told.
    """
    endpoint = request.form.get("endpoint", "")
    with db() as transaction:
        if endpoint:
            staff_choices.remove_this_browser(transaction, by=actor(), endpoint_key=staff_browser_key(endpoint))
        sessions.sign_out(transaction, session_hash=me().token_hash)
    session.clear()
    response = redirect(url_for("auth.sign_in"))
    cookies.drop_session(response, settings=settings())
    return response


@bp.get("/account/start")
@access(SIGNED_IN)
def landing() -> ResponseReturnValue:
    """On to the first place of work of whoever has just signed in."""
    return redirect(home())


def refused(form: SignInForm, sentence: str) -> str:
    """The page again, with one sentence."""
    form.form_errors = [sentence]
    return sign_in_page(form)


def sign_in_page(form: SignInForm) -> str:
    """The page of signing in; the form of passkeys is for browsers with script."""
    passkey = PasskeyForm(formdata=None, next=form.next.data) if passkey_site() else None
    return render_template("auth/sign_in.html", form=form, passkey=passkey)


def _try(form: SignInForm) -> ResponseReturnValue:
    from_here = sender()
    try:
        with db() as transaction:
            made = accounts.sign_in(
                transaction,
                email=form.email.data or "",
                password=form.password.data or "",
                network=from_here.network,
                key=from_here.key,
                device=from_here.device,
                now=now(),
            )
    except DomainError as error:
        return refused(form, labels.error(error)), status_of(error)
    if made is None:
        return refused(form, labels.wrong_sign_in()), 401
    on = safe_next(form.next.data)
    if isinstance(made, NewStep):
        return with_step(go(url_for("auth.second_step", next=on)), made)
    return with_key(go(on or url_for("auth.landing")), made)
