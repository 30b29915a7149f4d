"""The page of one's own second factor: an app, passkeys, recovery codes. Each change asks for the password.

Everything but passkeys works without script. The secret of a new app is in the page and its QR code for as long as it
waits for its first code, and never after; recovery codes are in the one answer that makes them.
"""

from __future__ import annotations

import pyotp
import segno
from flask import Response, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.actions import my_factors, second_factor
from app.actions.my_factors import Changed
from app.domain.errors import DomainError, HasAppAlready, NoSecondFactor, StepExpired
from app.i18n import gettext as _
from app.queries.accounts import factors_of
from app.web import cookies, labels
from app.web.access import SIGNED_IN, access, actor, before_second_factor
from app.web.auth.common import bp, go, me, my_id, passkey_site, say_silenced, seal, with_key, with_step
from app.web.auth.forms import CodeForm, NewPasskeyForm
from app.web.context import db, now, settings
from app.web.device import sender
from app.web.errors import answer, status_of

CHUNK = 4


@bp.get("/account/second-factor")
@access(SIGNED_IN)
@before_second_factor
def second_factor_page() -> ResponseReturnValue:
    """What I have, and what I can add."""
    return _page()


@bp.post("/account/second-factor/app")
@access(SIGNED_IN)
@before_second_factor
def start_app() -> ResponseReturnValue:
    """Make a secret for an app, after the password."""
    try:
        with db() as session:
            made = my_factors.start_app(
                session, by=actor(), password=_password(), seal=seal(), sender=sender(), now=now()
            )
    except HasAppAlready as error:
        return _page(("app", labels.error(error))), 409
    except DomainError as error:
        return _page(("app", labels.error(error))), status_of(error)
    if made is None:
        return _page(("app", labels.not_your_password())), 400
    return go(url_for("auth.app_page"))


@bp.route("/account/second-factor/app/code", methods=["GET", "POST"])
@access(SIGNED_IN)
@before_second_factor
def app_page() -> ResponseReturnValue:
    """The QR code and the typed secret, and the field for the first code."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _app_page(form, status=400 if form.errors else 200)
    try:
        with db() as session:
            made = my_factors.finish_app(
                session, by=actor(), code=form.code.data or "", seal=seal(), sender=sender(), now=now()
            )
    except NoSecondFactor:
        return go(url_for("auth.second_factor_page"))
    except DomainError as error:
        form.code.errors = [labels.error(error)]
        return _app_page(form, status=status_of(error))
    if made is None:
        form.code.errors = [labels.wrong_code()]
        return _app_page(form, status=400)
    return _done(made, _("From now on a code of the app is asked for when you sign in."))


@bp.post("/account/second-factor/app/remove")
@access(SIGNED_IN)
def stop_app() -> ResponseReturnValue:
    """No more codes of the app, after the password."""
    try:
        with db() as session:
            made = my_factors.stop_app(session, by=actor(), password=_password(), sender=sender(), now=now())
    except DomainError as error:
        return _page(("app-off", labels.error(error))), status_of(error)
    if made is None:
        return _page(("app-off", labels.not_your_password())), 400
    return _done(made, _("Codes of the app are not asked for any more."))


@bp.post("/account/second-factor/codes")
@access(SIGNED_IN)
def new_codes() -> ResponseReturnValue:
    """Ten new recovery codes, after the password."""
    try:
        with db() as session:
            made = my_factors.new_codes(session, by=actor(), password=_password(), sender=sender(), now=now())
    except DomainError as error:
        return _page(("codes", labels.error(error))), status_of(error)
    if made is None:
        return _page(("codes", labels.not_your_password())), 400
    return _done(made, _("The old recovery codes are void."))


@bp.post("/account/passkeys/options")
@access(SIGNED_IN)
@before_second_factor
def new_passkey_options() -> ResponseReturnValue:
    """JSON for the browser that makes a passkey, after the password."""
    site = passkey_site()
    if site is None:
        abort(404)
    try:
        with db() as session:
            begun = my_factors.start_passkey(
                session, by=actor(), password=_password(), site=site, sender=sender(), now=now()
            )
    except DomainError as error:
        return answer(status_of(error), error.code, labels.error(error))
    if begun is None:
        return answer(400, "wrong_password", labels.not_your_password())
    return with_step(Response(begun.options, mimetype="application/json"), begun.step)


@bp.post("/account/passkeys")
@access(SIGNED_IN)
@before_second_factor
def new_passkey() -> ResponseReturnValue:
    """Keep what the browser made."""
    form, site = NewPasskeyForm(), passkey_site()
    if site is None or not form.validate_on_submit():
        return _page(form=form), 400
    try:
        with db() as session:
            made = my_factors.finish_passkey(
                session,
                by=actor(),
                token=cookies.step_token(request),
                name=form.name.data or "",
                credential=form.credential.data or "",
                site=site,
                sender=sender(),
                now=now(),
            )
    except StepExpired:
        made = None
    if made is None:
        return _page(("passkey", labels.passkey_wrong())), 400
    return _done(made, _("The passkey is kept. You can sign in with it, with or without the password."))


@bp.post("/account/passkeys/<int:passkey_id>/remove")
@access(SIGNED_IN)
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Take a passkey away, after the password."""
    try:
        with db() as session:
            made = my_factors.stop_passkey(
                session, by=actor(), passkey_id=passkey_id, password=_password(), sender=sender(), now=now()
            )
    except DomainError as error:
        return _page((f"key-{passkey_id}", labels.error(error))), status_of(error)
    if made is None:
        return _page((f"key-{passkey_id}", labels.not_your_password())), 400
    return _done(made, _("The passkey was removed."))


def _password() -> str:
    return request.form.get("password", "")


def _done(made: Changed, sentence: str) -> ResponseReturnValue:
    """Back to the page, by way of the recovery codes where there are new ones."""
    if made.codes:
        page = render_template("auth/recovery_codes.html", codes=made.codes, sentence=sentence)
        response = with_key(page, made.session)
    else:
        response = with_key(go(url_for("auth.second_factor_page")), made.session)
        flash(sentence, "success")
    say_silenced(made.session.silenced)
    return response


def _page(problem: tuple[str, str] | None = None, form: NewPasskeyForm | None = None) -> str:
    with db() as session:
        factors = factors_of(session, account_id=my_id())
    return render_template(
        "auth/second_factor.html",
        factors=factors,
        problem=problem,
        passkey=(form or NewPasskeyForm(formdata=None)) if passkey_site() else None,
        needed=bool(settings().second_factor_roles & me().actor.roles),
    )


def _app_page(form: CodeForm, *, status: int) -> ResponseReturnValue:
    with db() as session:
        secret = second_factor.begun_app(session, account_id=my_id(), seal=seal())
    if secret is None:
        return go(url_for("auth.second_factor_page"))
    chunks = [secret[at : at + CHUNK] for at in range(0, len(secret), CHUNK)]
    return render_template("auth/app.html", form=form, qr=_qr(secret), secret=" ".join(chunks)), status


def _qr(secret: str) -> Markup:
    """Drawn into the page, as that of a receipt (`web/receipt_qr.py`): the secret stands in no address of ours."""
    address = pyotp.TOTP(secret).provisioning_uri(name=me().email, issuer_name=_("Hazard map"))
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        scale=4, border=4, light="#fff", svgclass="qr", lineclass=None, omitsize=False
    )
    return Markup(drawn)  # noqa: S704 - numbers and paths of segno; the address is in the squares, not in the markup
