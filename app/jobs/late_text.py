"""The words of a letter about a hazard whose time has run out."""

from app import i18n
from app.domain.hazard import Clock
from app.domain.references import show_reference
from app.gateways.mail import OutgoingMail
from app.i18n import gettext as _
from app.i18n import lazy_gettext
from app.jobs.mail_text import _SEVERITIES, _TEMPLATES
from app.queries.late import LateMail

_LATE = {
    Clock.MAKE_SAFE: lazy_gettext("The time to make it safe has passed, and it is still dangerous."),
    Clock.FIX: lazy_gettext("The time to fix it has passed, and it is not fixed."),
}
_IN_TIME = {
    Clock.MAKE_SAFE: lazy_gettext("Not made safe in time"),
    Clock.FIX: lazy_gettext("Not fixed in time"),
}


def late_mail_text(mail: LateMail, *, key: str, to: str, base_url: str, default_language: str) -> OutgoingMail:
    """To the mailbox of the body, or of the body above."""
    root = base_url if mail.language == default_language else f"{base_url}/{mail.language}"
    reference = show_reference(mail.reference)
    with i18n.speaking(mail.language):
        words = {
            "mail": mail,
            "language": mail.language,
            "reference": reference,
            "late": str(_LATE[mail.clock]),
            "severity": str(_SEVERITIES[mail.severity]),
            "staff_url": f"{root}/staff/h/{reference}" if mail.own else None,
            "public_url": f"{root}/h/{reference}" if mail.public else None,
            "subject": _(
                "%(what)s: %(type)s, %(reference)s",
                what=str(_IN_TIME[mail.clock]),
                type=mail.type_name,
                reference=reference,
            ),
        }
        return OutgoingMail(
            key=key,
            to=to,
            subject=str(words["subject"]),
            text=_TEMPLATES.get_template("late.txt").render(words),
            html=_TEMPLATES.get_template("late.html").render(words),
            language=mail.language,
        )
