"""The words of letters to an account, in the language it was asked for in. The frame is that of all mails."""

from app import i18n
from app.gateways.mail import OutgoingMail
from app.i18n import gettext, lazy_gettext
from app.jobs.mail_text import _TEMPLATES
from app.models import LinkPurpose
from app.queries.account_links import LinkLetter

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
