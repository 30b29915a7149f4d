"""Pages behind the links in letters: a forgotten password, an invitation, a new address.

`/forgot` answers the same, whoever asks and whatever is typed; the letter is the worker's. A page behind a link does
nothing by being opened (mail programs open links by themselves): it shows a form, and the form does it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actions import account_links
from app.domain.errors import BadLink, DomainError
from app.models import Account, LinkPurpose
from app.web import labels
from app.web.access import PUBLIC, access
from app.web.auth.common import bp, go, letters, with_key
from app.web.auth.forms import ChooseForm, ForgotForm
from app.web.context import db, now
from app.web.device import sender
from app.web.errors import status_of
from app.web.forms import OurForm


@bp.route("/forgot", methods=["GET", "POST"])
@access(PUBLIC)
def forgot() -> ResponseReturnValue:
    """Ask for a letter with a link to choose a new password."""
    form = ForgotForm()
    if not form.validate_on_submit():
        return render_template("auth/forgot.html", form=form), 400 if form.errors else 200
    try:
        with db() as session:
            account_links.ask_reset(session, email=form.email.data or "", letters=letters(), sender=sender(), now=now())
    except DomainError as error:
        form.form_errors = [labels.error(error)]
        return render_template("auth/forgot.html", form=form), status_of(error)
    return render_template("auth/forgot_sent.html", email=form.email.data)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def reset(token: str) -> ResponseReturnValue:
    """Choose a new password; then sign in with it."""
    form = ChooseForm()

    def take(session: Session) -> ResponseReturnValue:
        account_links.reset_password(session, token=token, password=form.new.data or "", now=now())
        return render_template("auth/done.html", purpose="reset")

    return _behind(token, LinkPurpose.RESET, form, partial(_choose, "reset", form), take)


@bp.route("/join/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def join(token: str) -> ResponseReturnValue:
    """Choose the first password, and be signed in."""
    form = ChooseForm()

    def take(session: Session) -> ResponseReturnValue:
        made = account_links.join(session, token=token, password=form.new.data or "", sender=sender(), now=now())
        return with_key(go(url_for("auth.landing")), made)

    return _behind(token, LinkPurpose.INVITE, form, partial(_choose, "join", form), take)


@bp.route("/new-email/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def new_email(token: str) -> ResponseReturnValue:
    """Say that a new address is one's own; then sign in with it."""
    form = OurForm()

    def take(session: Session) -> ResponseReturnValue:
        account_links.take_new_email(session, token=token, now=now())
        return render_template("auth/done.html", purpose="email")

    return _behind(token, LinkPurpose.EMAIL, form, lambda _: render_template("auth/new_email.html", form=form), take)


def _behind(
    token: str,
    purpose: LinkPurpose,
    form: OurForm,
    page: Callable[[Account], str],
    take: Callable[[Session], ResponseReturnValue],
) -> ResponseReturnValue:
    """What each page behind a link does: says that it is void, shows its form, or takes what was sent."""
    account = _account(token, purpose)
    if account is None:
        return _void(purpose)
    if not form.validate_on_submit():
        return page(account), 400 if form.errors else 200
    try:
        with db() as session:
            return take(session)
    except BadLink:
        return _void(purpose)
    except DomainError as error:
        refused = [labels.error(error)]
        if isinstance(form, ChooseForm):
            form.new.errors = refused
        else:
            form.form_errors = refused
        return page(account), status_of(error)


def _account(token: str, purpose: LinkPurpose) -> Account | None:
    try:
        with db() as session:
            return account_links.opened_link(session, token=token, purpose=purpose, now=now())[1]
    except BadLink:
        return None


def _choose(purpose: str, form: ChooseForm, account: Account) -> str:
    return render_template("auth/choose.html", purpose=purpose, form=form, account=account)


def _void(purpose: LinkPurpose) -> ResponseReturnValue:
    return render_template("auth/void.html", purpose=purpose.value), 404
