"""Words about accounts: what a role does, and the answers of signing in that tell nothing more. See `labels.py`."""

from __future__ import annotations

from app.domain.account_news import News
from app.domain.permissions import Role
from app.i18n import format_datetime, gettext
from app.i18n import lazy_gettext as _
from app.queries.colleagues import Colleague

DOES = {
    Role.CREW: _("You see the hazards of your organisation and work on them."),
    Role.DISPATCHER: _("You see the hazards of your organisation, hand them out and pass on those of others."),
    Role.MANAGER: _("You do what a dispatcher does, confirm repairs and look after your colleagues' accounts."),
    Role.COORDINATOR: _("You see all hazards and decide who answers for one."),
    Role.MODERATOR: _("You look at texts and photos before everybody sees them."),
    Role.OPERATOR: _("You write down reports by phone and decide about held ones."),
    Role.COUNCIL_VIEWER: _(
        "You see what everybody sees: the map and each hazard's history. Nothing more is shown to you."
    ),
    Role.ADMINISTRATOR: _("You look after organisations, rules, accounts and alarms."),
    Role.AUDITOR: _("You see all hazards and their history, and change nothing."),
}
NEWS = {
    News.PASSWORD: _("The password was changed"),
    News.PASSWORD_RESET: _("A new password was chosen by the link in a letter"),
    News.EMAIL_ASKED: _("Another e-mail address was asked for"),
    News.EMAIL: _("The e-mail address was changed"),
    News.APP_ON: _("Codes of an app: on"),
    News.APP_OFF: _("Codes of an app: off"),
    News.PASSKEY_ON: _("A passkey was added"),
    News.PASSKEY_OFF: _("A passkey was taken away"),
    News.CODES: _("New recovery codes were made"),
    News.SESSION_ENDED: _("One session was ended"),
    News.SESSIONS_ENDED: _("All other sessions were ended"),
    News.FACTORS_DROPPED: _("The second factor was taken away"),
}
WRONG_CODE = _("The code is wrong, or it was used before. Wait for the next one and try again.")
PASSKEY_WRONG = _("The passkey could not be used. Try again, or sign in another way.")
NOT_YOUR_PASSWORD = _("This is not your password")


def account_state(each: Colleague) -> str:
    """Whether somebody can sign in, and if not, why."""
    if not each.account.active:
        return gettext("Disabled")
    if each.account.joined_at is not None:
        return gettext("May sign in")
    if each.letter_refused:
        return gettext("Invited: the letter could not be delivered")
    if each.invited_until is None:
        return gettext("Invited: the link is over")
    return gettext("Invited, until %(when)s", when=format_datetime(each.invited_until))


def news(code: str) -> str:
    """What somebody did to the own account."""
    return str(NEWS[News(code)])


def role_does(code: Role | str) -> str:
    """What a role sees and does, said to whoever has it."""
    return str(DOES[Role(code)])


def wrong_code() -> str:
    """The one answer to a code that is wrong, too old, or was used."""
    return str(WRONG_CODE)


def passkey_wrong() -> str:
    """The one answer to a passkey that does not fit, is copied, or came too late."""
    return str(PASSKEY_WRONG)


def not_your_password() -> str:
    """Where the own password is asked for again."""
    return str(NOT_YOUR_PASSWORD)
