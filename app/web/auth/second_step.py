"""The second step of signing in, and signing in with a passkey alone.

The token of the step is in a cookie of its own and names a row on the server; the page says nothing about the account
but whether it has passkeys, and only after its password was right.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from app.actions import my_factors, passkeys
from app.actions.passkeys import Begun, Site
from app.actions.sessions import NewSession
from app.actions.steps import living_step
from app.domain.errors import DomainError, StepExpired
from app.i18n import ngettext
from app.models import StepPurpose
from app.queries.accounts import Factors, factors_of
from app.web import cookies, labels
from app.web.access import PUBLIC, access
from app.web.auth.common import bp, go, passkey_site, seal, with_key, with_step
from app.web.auth.forms import CodeForm, PasskeyForm, SignInForm
from app.web.auth.next import safe_next
from app.web.auth.routes import refused
from app.web.context import db, now
from app.web.device import sender
from app.web.errors import answer, status_of
from app.web.typed import keeps_typed


def _expired() -> ResponseReturnValue:
    return _page(CodeForm(), labels.form_expired()), 403


@bp.route("/sign-in/second", methods=["GET", "POST"])
@access(PUBLIC)
@keeps_typed(_expired)
def second_step() -> ResponseReturnValue:
    """Ask for a code of the app, a recovery code or a passkey."""
    form = CodeForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        return _try(form)
    return _page(form), 400 if form.errors else 200


@bp.post("/sign-in/second/options")
@access(PUBLIC)
def second_options() -> ResponseReturnValue:
    """JSON for the browser: which passkeys may answer, and the challenge."""
    return _options(_begin_second)


@bp.post("/sign-in/second/passkey")
@access(PUBLIC)
def second_passkey() -> ResponseReturnValue:
    """The passkey's answer, after the password."""
    made = _shown(StepPurpose.SECOND)
    if made is None:
        return _page(CodeForm(formdata=None, next=request.form.get("next")), labels.passkey_wrong()), 401
    return _signed_in(made)


@bp.post("/sign-in/passkey/options")
@access(PUBLIC)
def passkey_options() -> ResponseReturnValue:
    """JSON for the browser, the same for everybody: any passkey of this site may answer."""
    return _options(_begin_alone)


@bp.post("/sign-in/passkey")
@access(PUBLIC)
def passkey() -> ResponseReturnValue:
    """The passkey's answer, instead of address and password."""
    made = _shown(StepPurpose.PASSKEY)
    if made is None:
        return refused(SignInForm(formdata=None, next=request.form.get("next")), labels.passkey_wrong()), 401
    return _signed_in(made)


def _try(form: CodeForm) -> ResponseReturnValue:
    try:
        with db() as session:
            made = my_factors.finish_sign_in(
                session, token=_token(), code=form.code.data or "", seal=seal(), sender=sender(), now=now()
            )
            left = factors_of(session, account_id=made.account_id).codes_left if made else 0
    except StepExpired:
        return _over()
    except DomainError as error:
        return _page(form, labels.error(error)), status_of(error)
    if made is None:
        return _page(form, labels.wrong_code()), 401
    return _signed_in(made, recovery_left=left if _is_recovery(form.code.data or "") else None)


def _signed_in(made: NewSession, *, recovery_left: int | None = None) -> ResponseReturnValue:
    answer = with_key(go(safe_next(request.form.get("next")) or url_for("auth.landing")), made)
    if recovery_left is not None:
        flash(_codes_left(recovery_left), "warning")
    return answer


def _codes_left(count: int) -> str:
    return ngettext(
        "You have signed in with a recovery code. %(num)s is left.",
        "You have signed in with a recovery code. %(num)s are left.",
        count,
    )


def _is_recovery(code: str) -> bool:
    return any(sign.isalpha() for sign in code) or len(code) > 8


def _page(form: CodeForm, sentence: str | None = None) -> str | AnyResponse:
    """The page, or the way back to the first step where nothing is half done."""
    try:
        factors = _factors()
    except StepExpired:
        return _over()
    if sentence:
        form.form_errors = [sentence]
    passkey = PasskeyForm(formdata=None, next=form.next.data) if passkey_site() and factors.passkeys else None
    return render_template("auth/second_step.html", form=form, passkey=passkey, app=factors.app_since is not None)


def _factors() -> Factors:
    with db() as session:
        step = living_step(session, token=_token(), purpose=StepPurpose.SECOND, now=now())
        return factors_of(session, account_id=step.account_id or 0)


def _over() -> AnyResponse:
    return redirect(url_for("auth.sign_in"), 303)


def _options(begin: Callable[[Site], Begun]) -> ResponseReturnValue:
    site = passkey_site()
    if site is None:
        abort(404)
    try:
        begun = begin(site)
    except DomainError as error:
        return answer(status_of(error), error.code, labels.error(error))
    return with_step(Response(begun.options, mimetype="application/json"), begun.step)


def _begin_second(site: Site) -> Begun:
    with db() as session:
        return passkeys.begin_second(session, token=_token(), site=site, now=now())


def _begin_alone(site: Site) -> Begun:
    with db() as session:
        return passkeys.begin_passwordless(session, site=site, sender=sender(), now=now())


def _shown(purpose: StepPurpose) -> NewSession | None:
    site = passkey_site()
    if site is None:
        return None
    credential = request.form.get("credential", "")
    try:
        with db() as session:
            return passkeys.finish(
                session,
                token=_token(),
                purpose=purpose,
                credential=credential,
                site=site,
                sender=sender(),
                now=now(),
            )
    except StepExpired:
        return None


def _token() -> str:
    return cookies.step_token(request)
