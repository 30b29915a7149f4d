"""Pages behind the links in letters: a forgotten password, an invitation, a new address.

`/forgot` answers the same, whoever asks and whatever is typed; the letter is the worker's. A page behind a link does
nothing by being opened (mail programs open links by themselves): it shows a form, and the form does it.
"""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

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
    account = _account(token, LinkPurpose.RESET)
    if account is None:
        return _void(LinkPurpose.RESET)
    if not form.validate_on_submit():
        return _choose("reset", form, account), 400 if form.errors else 200
    try:
        with db() as session:
            account_links.reset_password(session, token=token, password=form.new.data or "", now=now())
    except BadLink:
        return _void(LinkPurpose.RESET)
    except DomainError as error:
        form.new.errors = [labels.error(error)]
        return _choose("reset", form, account), status_of(error)
    return render_template("auth/done.html", purpose="reset")


@bp.route("/join/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def join(token: str) -> ResponseReturnValue:
    """Choose the first password, and be signed in."""
    form = ChooseForm()
    account = _account(token, LinkPurpose.INVITE)
    if account is None:
        return _void(LinkPurpose.INVITE)
    if not form.validate_on_submit():
        return _choose("join", form, account), 400 if form.errors else 200
    try:
        with db() as session:
            made = account_links.join(session, token=token, password=form.new.data or "", sender=sender(), now=now())
    except BadLink:
        return _void(LinkPurpose.INVITE)
    except DomainError as error:
        form.new.errors = [labels.error(error)]
        return _choose("join", form, account), status_of(error)
    return with_key(go(url_for("auth.landing")), made)


@bp.route("/new-email/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def new_email(token: str) -> ResponseReturnValue:
    """Say that a new address is one's own; then sign in with it."""
    form = OurForm()
    if _account(token, LinkPurpose.EMAIL) is None:
        return _void(LinkPurpose.EMAIL)
    if not form.validate_on_submit():
        return render_template("auth/new_email.html", form=form), 400 if form.errors else 200
    try:
        with db() as session:
            account_links.take_new_email(session, token=token, now=now())
    except BadLink:
        return _void(LinkPurpose.EMAIL)
    except DomainError as error:
        form.form_errors = [labels.error(error)]
        return render_template("auth/new_email.html", form=form), status_of(error)
    return render_template("auth/done.html", purpose="email")


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
