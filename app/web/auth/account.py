"""One's own account: password, address, the places where one is signed in."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.actions import account_links, accounts, my_sessions, staff_choices
from app.domain.errors import DomainError
from app.i18n import gettext as _
from app.models import StaffSession
from app.queries.account_news import account_history
from app.queries.accounts import SignedIn, factors_of, language_of, living_sessions
from app.queries.staff_notices import is_told_in_browsers
from app.web import labels
from app.web.access import SIGNED_IN, access, actor
from app.web.auth.common import bp, go, letters, me, my_id, say_silenced, with_key
from app.web.auth.forms import EmailForm, LanguageForm, PasswordForm
from app.web.auth.news import news_words
from app.web.context import db, now
from app.web.device import browser_here, sender
from app.web.errors import status_of

SHOWN_BYTES = 8
"""Of a session's hash, in the address that ends it: enough to tell one's sessions apart, and no key to any."""


@bp.get("/account")
@access(SIGNED_IN)
def account() -> ResponseReturnValue:
    """My password and the places where I am signed in."""
    return _page()


@bp.post("/account/password")
@access(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Set a new password; all other sessions end."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page(password=form), 400
    try:
        with db() as transaction:
            made = accounts.change_password(
                transaction,
                by=actor(),
                current=form.current.data or "",
                new=form.new.data or "",
                sender=sender(),
                now=now(),
            )
    except DomainError as error:
        form.new.errors = [*form.new.errors, labels.error(error)]
        return _page(password=form), status_of(error)
    if made is None:
        form.current.errors = [*form.current.errors, labels.not_your_password()]
        return _page(password=form), 400
    answer = with_key(go(url_for("auth.account")), made)
    flash(_("Your password was changed. You were signed out everywhere else."), "success")
    say_silenced(made.silenced)
    return answer


@bp.post("/account/email")
@access(SIGNED_IN)
def change_email() -> ResponseReturnValue:
    """A letter to the new address; the old one stays until its link is opened."""
    form = EmailForm()
    if not form.validate_on_submit():
        return _page(email=form), 400
    try:
        right = _ask_new_email(form)
    except DomainError as error:
        form.email.errors = [*form.email.errors, labels.error(error)]
        return _page(email=form), status_of(error)
    if not right:
        form.password.errors = [*form.password.errors, labels.not_your_password()]
        return _page(email=form), 400
    flash(
        _(
            "We have sent a letter to the new address, unless another account has it already. Open the link in it;"
            " until then the old one is yours."
        ),
        "success",
    )
    return go(url_for("auth.account"))


@bp.post("/account/language")
@access(SIGNED_IN)
def change_language() -> ResponseReturnValue:
    """The language of what is written to me; that of the pages is in their address."""
    form = LanguageForm()
    if not form.validate_on_submit():
        abort(400)
    with db() as transaction:
        staff_choices.choose_language(transaction, by=actor(), language=form.language.data)
    flash(_("Letters and messages come in this language from now on."), "success")
    return go(url_for("auth.account"))


@bp.post("/account/sessions/end")
@access(SIGNED_IN)
def end_other_sessions() -> ResponseReturnValue:
    """Sign me out everywhere but here; only this browser, whose address its script sends along, is told any more."""
    with db() as transaction:
        silenced = my_sessions.end_my_others(
            transaction, by=actor(), here=me().token_hash, browser=browser_here(), now=now()
        )
    flash(_("You were signed out everywhere else."), "success")
    say_silenced(silenced)
    return redirect(url_for("auth.account"))


@bp.post("/account/sessions/<string(length=16):start>/end")
@access(SIGNED_IN)
def end_session(start: str) -> ResponseReturnValue:
    """Sign me out in one place; only this browser is told any more."""
    try:
        starts = bytes.fromhex(start)
    except ValueError:
        abort(404)
    browser = None if me().token_hash.startswith(starts) else browser_here()
    with db() as transaction:
        silenced = my_sessions.end_my_session(transaction, by=actor(), starts=starts, browser=browser, now=now())
        if silenced is None:
            abort(404)
    flash(_("That session was ended."), "success")
    say_silenced(silenced)
    return redirect(url_for("auth.account"), 303)


def _ask_new_email(form: EmailForm) -> bool:
    with db() as transaction:
        mine = accounts.confirm_password(
            transaction, by=actor(), password=form.password.data or "", sender=sender(), now=now()
        )
        if mine is not None:
            account_links.ask_new_email(
                transaction, account=mine, email=form.email.data or "", letters=letters(), sender=sender(), now=now()
            )
    return mine is not None


def _page(*, password: PasswordForm | None = None, email: EmailForm | None = None) -> str:
    mine = me()
    with db() as transaction:
        kept = living_sessions(transaction, account_id=my_id(), now=now())
        factors = factors_of(transaction, account_id=my_id())
        told = is_told_in_browsers(transaction, my_id())
        language = language_of(transaction, account_id=my_id())
        happened = [news_words(*line) for line in account_history(transaction, account_id=my_id())]
    return render_template(
        "auth/account.html",
        password_form=password or PasswordForm(formdata=None),
        email_form=email or EmailForm(formdata=None),
        language_form=LanguageForm(formdata=None, language=language),
        me=mine,
        roles=[labels.role(role) for role in sorted(mine.actor.roles)],
        does=[labels.role_does(role) for role in sorted(mine.actor.roles)],
        sessions=[_session(each, mine) for each in kept],
        factors=factors,
        told=told,
        happened=happened,
    )


def _session(kept: StaffSession, mine: SignedIn) -> dict[str, Any]:
    return {
        "here": kept.token_hash == mine.token_hash,
        "start": kept.token_hash[:SHOWN_BYTES].hex(),
        "device": kept.device,
        "network": kept.network,
        "created_at": kept.created_at,
        "last_seen_at": kept.last_seen_at,
    }
