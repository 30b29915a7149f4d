"""The words of letters to an account, in the language it was asked for in. The frame is that of all mails."""

from app import i18n
from app.domain.account_news import News
from app.gateways.mail import OutgoingMail
from app.i18n import gettext, lazy_gettext
from app.jobs.mail_text import _TEMPLATES
from app.models import LinkPurpose
from app.queries.account_links import LinkLetter
from app.queries.account_news import NewsLetter

PATHS = {LinkPurpose.INVITE: "/join/", LinkPurpose.RESET: "/reset/", LinkPurpose.EMAIL: "/new-email/"}
_SUBJECTS = {
    LinkPurpose.INVITE: lazy_gettext("Your account on the hazard map"),
    LinkPurpose.RESET: lazy_gettext("A new password for the hazard map"),
    LinkPurpose.EMAIL: lazy_gettext("Your new address on the hazard map"),
}
_WHY = {
    LinkPurpose.INVITE: lazy_gettext("You are invited to work on the hazard map. Choose a password here:"),
    LinkPurpose.RESET: lazy_gettext("Somebody, most likely you, asked for a new password. Choose it here:"),
    LinkPurpose.EMAIL: lazy_gettext("This address was given as the new one of an account. If it was you, say so here:"),
}
_BUTTONS = {
    LinkPurpose.INVITE: lazy_gettext("Choose a password"),
    LinkPurpose.RESET: lazy_gettext("Choose a new password"),
    LinkPurpose.EMAIL: lazy_gettext("Yes, this is my address"),
}
_NEWS_SUBJECT = lazy_gettext("Your account on the hazard map was changed")
_NEWS_ASKED = lazy_gettext("Your account on the hazard map is to get another address")
_NEWS = {
    News.PASSWORD: lazy_gettext("The password of your account was changed."),
    News.PASSWORD_RESET: lazy_gettext("A new password was chosen for your account, by the link in a letter."),
    News.EMAIL_ASKED: lazy_gettext(
        "Somebody, most likely you, wants your account to have another e-mail address. Nothing has changed yet."
    ),
    News.EMAIL: lazy_gettext("Your account has another e-mail address now. This one does not open it any more."),
    News.APP_ON: lazy_gettext("Signing in now asks for a code of an app."),
    News.APP_OFF: lazy_gettext("Codes of the app are not asked for any more when your account is signed in to."),
    News.PASSKEY_ON: lazy_gettext("A passkey was added to your account."),
    News.PASSKEY_OFF: lazy_gettext("A passkey was taken away from your account."),
    News.CODES: lazy_gettext("New recovery codes were made for your account; the old ones are void."),
    News.FACTORS_DROPPED: lazy_gettext(
        "An administrator has taken the second factor away from your account: the password alone opens it."
    ),
}


def link_mail_text(letter: LinkLetter, *, token: str, key: str, base_url: str, default_language: str) -> OutgoingMail:
    """The letter of a link."""
    root = base_url if letter.language == default_language else f"{base_url}/{letter.language}"
    with i18n.speaking(letter.language):
        words = {
            "language": letter.language,
            "subject": str(_SUBJECTS[letter.purpose]),
            "hello": gettext("Hello, %(name)s!", name=letter.name),
            "body": letter.body if letter.purpose is LinkPurpose.INVITE else None,
            "why": str(_WHY[letter.purpose]),
            "button": str(_BUTTONS[letter.purpose]),
            "url": f"{root}{PATHS[letter.purpose]}{token}",
            "until": letter.until,
        }
        return OutgoingMail(
            key=key,
            to=letter.to,
            subject=str(words["subject"]),
            text=_TEMPLATES.get_template("account.txt").render(words),
            html=_TEMPLATES.get_template("account.html").render(words),
            language=letter.language,
        )


def news_mail_text(letter: NewsLetter, *, key: str, base_url: str, default_language: str) -> OutgoingMail:
    """What happened to an account, when, and what to do if it was not its owner. No link into the account."""
    root = base_url if letter.language == default_language else f"{base_url}/{letter.language}"
    with i18n.speaking(letter.language):
        asked = letter.what is News.EMAIL_ASKED
        words = {
            "language": letter.language,
            "subject": str(_NEWS_ASKED if asked else _NEWS_SUBJECT),
            "hello": gettext("Hello, %(name)s!", name=letter.name),
            "what": str(_NEWS[letter.what]),
            "at": letter.at,
            "lost": letter.what is News.EMAIL,
            "forgot": f"{root}/forgot",
        }
        return OutgoingMail(
            key=key,
            to=letter.to,
            subject=str(words["subject"]),
            text=_TEMPLATES.get_template("account_news.txt").render(words),
            html=_TEMPLATES.get_template("account_news.html").render(words),
            language=letter.language,
        )
