"""Signing in and out, and one's own account."""

from __future__ import annotations

import hmac

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.actions import accounts
from app.actions.accounts import NewSession
from app.domain.errors import DomainError
from app.i18n import gettext as _
from app.queries.accounts import SignedIn, living_sessions
from app.web import cookies, labels
from app.web.access import PUBLIC, SIGNED_IN, access, actor, signed_in
from app.web.auth.forms import PasswordForm, SignInForm
from app.web.auth.next import safe_next
from app.web.context import db, now, policy, settings
from app.web.errors import status_of
from app.web.network import sender_network
from app.web.typed import keeps_typed
from app.web.work_links import places_of

bp = Blueprint("auth", __name__)


def _expired() -> ResponseReturnValue:
    return _refused(SignInForm(), labels.form_expired()), 403


@bp.route("/sign-in", methods=["GET", "POST"])
@access(PUBLIC)
@keeps_typed(_expired)
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password; a wrong pair says only that it is wrong."""
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        return _try(form)
    if request.method == "GET" and signed_in():
        return redirect(_home())
    return render_template("auth/sign_in.html", form=form), 400 if form.errors else 200


@bp.post("/sign-out")
@access(SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End this session, here and on the server."""
    with db() as transaction:
        accounts.sign_out(transaction, session_hash=_me().token_hash)
    session.clear()
    response = redirect(url_for("auth.sign_in"))
    cookies.drop_session(response, settings=settings())
    return response


@bp.get("/account")
@access(SIGNED_IN)
def account() -> ResponseReturnValue:
    """My password and the places where I am signed in."""
    return _account_page(PasswordForm())


@bp.post("/account/password")
@access(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Set a new password; all other sessions end."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _account_page(form), 400
    try:
        with db() as transaction:
            made = accounts.change_password(
                transaction,
                by=actor(),
                current=form.current.data or "",
                new=form.new.data or "",
                network=sender_network(),
                key=_key(),
                now=now(),
            )
    except DomainError as error:
        form.new.errors = [*form.new.errors, labels.error(error)]
        return _account_page(form), status_of(error)
    if made is None:
        form.current.errors = [*form.current.errors, _("This is not your password")]
        return _account_page(form), 400
    flash(_("Your password was changed. You were signed out everywhere else."), "success")
    return _with_key(url_for("auth.account"), made)


@bp.post("/account/sessions/end")
@access(SIGNED_IN)
def end_other_sessions() -> ResponseReturnValue:
    """Sign me out everywhere but here."""
    me = _me()
    with db() as transaction:
        accounts.end_sessions(transaction, account_id=me.actor.account_id or 0, but=me.token_hash)
    flash(_("You were signed out everywhere else."), "success")
    return redirect(url_for("auth.account"))


def _try(form: SignInForm) -> ResponseReturnValue:
    try:
        with db() as transaction:
            made = accounts.sign_in(
                transaction,
                email=form.email.data or "",
                password=form.password.data or "",
                network=sender_network(),
                key=_key(),
                now=now(),
            )
    except DomainError as error:
        return _refused(form, labels.error(error)), status_of(error)
    if made is None:
        return _refused(form, labels.wrong_sign_in()), 401
    session.clear()  # the token of the form is new too: nothing from before signing in is kept
    return _with_key(safe_next(form.next.data) or url_for("auth.landing"), made)


@bp.get("/account/start")
@access(SIGNED_IN)
def landing() -> ResponseReturnValue:
    """On to the first place of work of whoever has just signed in."""
    return redirect(_home())


def _refused(form: SignInForm, sentence: str) -> str:
    form.form_errors = [sentence]
    return render_template("auth/sign_in.html", form=form)


def _with_key(where: str, made: NewSession) -> ResponseReturnValue:
    response = redirect(where, 303)
    cookies.keep_session(response, made.token, until=made.until, settings=settings())
    return response


def _account_page(form: PasswordForm) -> str:
    me = _me()
    with db() as transaction:
        kept = living_sessions(transaction, account_id=me.actor.account_id or 0, now=now())
    return render_template("auth/account.html", form=form, me=me, roles=_role_names(me), sessions=kept)


def _role_names(me: SignedIn) -> list[str]:
    return [labels.role(role) for role in sorted(me.actor.roles)]


def _home() -> str:
    places = places_of(current_app)  # everybody has an account page
    first = next((place for place in places if place.endpoint == "admin.index"), places[0])
    return request.script_root + first.path


def _me() -> SignedIn:
    found = signed_in()
    if found is None:  # `@access(SIGNED_IN)` let nobody else in
        raise RuntimeError("nobody is signed in")
    return found


def _key() -> bytes:
    """The day's own: what was counted yesterday can be joined with nothing (decisions §19)."""
    return hmac.digest(settings().secret_key.encode(), f"sign-in {policy().day(now())}".encode(), "sha256")
