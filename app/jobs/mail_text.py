"""The words of a mail, in the reader's language, as text and as HTML of the same content.

Decision: Jinja templates in `templates/mail`, without Flask. All a body needs stands in the mail: many have nothing but
an address. Citizens' words are marked as theirs, line by line, and never stand in the subject.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app import i18n
from app.domain.hazard import Severity
from app.domain.references import show_reference
from app.gateways.mail import OutgoingMail
from app.i18n import gettext as _
from app.i18n import lazy_gettext
from app.queries.mail import HazardMail
from app.queries.reroute_mail import ReroutedMail

TEMPLATES = Path(__file__).parents[2] / "templates" / "mail"
_SEVERITIES = {
    Severity.LOW: lazy_gettext("Low"),
    Severity.MEDIUM: lazy_gettext("Medium"),
    Severity.HIGH: lazy_gettext("High"),
    Severity.CRITICAL: lazy_gettext("Life-threatening"),
}
_OCCASIONS = {
    "assigned": lazy_gettext("A new hazard was assigned to your organisation."),
    "forward": lazy_gettext("A hazard was passed on to your organisation."),
    "reopen": lazy_gettext("A hazard your organisation had closed is open again."),
    "dispute": lazy_gettext("The person who reported this hazard says that it is still dangerous: it is open again."),
    "still_dangerous": lazy_gettext("The person who reported this hazard says again that it is still dangerous."),
    "flagged": lazy_gettext("A neighbour says that this hazard is still dangerous. Please look again."),
    "report_joined": lazy_gettext("Somebody was hurt here, says another person who reported this hazard."),
    "addition": lazy_gettext("Somebody was hurt here, says the person who reported it."),
    "sent_anew": lazy_gettext(
        "The person who reported this hazard has corrected the place, the kind or what was seen."
    ),
    "rerouted": lazy_gettext("Borders or rules have changed: this hazard is now your organisation's."),
    "triaged": lazy_gettext(
        "Nobody is known to own this hazard: your organisation must make it safe until the owner is found."
    ),
    "arbitrate": lazy_gettext("It was decided that this hazard is your organisation's."),
    "correct": lazy_gettext("After a correction this hazard is your organisation's."),
}


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"], default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        _=i18n.gettext,
        ngettext=i18n.ngettext,
        moment=i18n.format_datetime,
        number=i18n.format_number,
        language_name=i18n.NAMES.__getitem__,
    )
    return made


_TEMPLATES = _environment()


def hazard_mail_text(mail: HazardMail, *, key: str, to: str, base_url: str, default_language: str) -> OutgoingMail:
    """The mail to a body about one of its hazards."""
    prefix = "" if mail.language == default_language else f"/{mail.language}"
    reference = show_reference(mail.reference)
    with i18n.speaking(mail.language):
        words = {
            "mail": mail,
            "reference": reference,
            "severity": str(_SEVERITIES[mail.severity]),
            "occasion": str(_OCCASIONS.get(mail.occasion, _OCCASIONS["assigned"])),
            "lat": f"{mail.place.y:.6f}",
            "lon": f"{mail.place.x:.6f}",
            "staff_url": f"{base_url}{prefix}/staff/h/{reference}",
            "public_url": f"{base_url}{prefix}/h/{reference}" if mail.public else None,
        }
        return OutgoingMail(
            key=key,
            to=to,
            subject=_("%(type)s, %(reference)s: %(severity)s", type=mail.type_name, **_short(words)),
            text=_TEMPLATES.get_template("hazard.txt").render(words),
            html=_TEMPLATES.get_template("hazard.html").render(words),
            language=mail.language,
        )


def _short(words: dict[str, object]) -> dict[str, object]:
    return {"reference": words["reference"], "severity": words["severity"]}


def rerouted_mail_text(mail: ReroutedMail, *, key: str, to: str, base_url: str, default_language: str) -> OutgoingMail:
    """The one mail to a body about many hazards that a run has passed to it."""
    prefix = "" if mail.language == default_language else f"/{mail.language}"
    with i18n.speaking(mail.language):
        subject = i18n.ngettext(
            "%(num)s hazard passed to your organisation", "%(num)s hazards passed to your organisation", mail.number
        )
        words = {
            "mail": mail,
            "subject": subject,
            "severities": {each: str(name) for each, name in _SEVERITIES.items()},
            "show": show_reference,
            "staff_url": f"{base_url}{prefix}/staff/",
            "hazard_url": f"{base_url}{prefix}/staff/h/",
        }
        return OutgoingMail(
            key=key,
            to=to,
            subject=subject,
            text=_TEMPLATES.get_template("rerouted.txt").render(words),
            html=_TEMPLATES.get_template("rerouted.html").render(words),
            language=mail.language,
        )


def held_mail_text(*, key: str, to: str, base_url: str, default_language: str) -> OutgoingMail:
    """The mail to the desk: that something waits and where, and not a word of what."""
    with i18n.speaking(default_language):
        words = {
            "subject": _("A held report waits"),
            "desk_url": f"{base_url}/desk/held",
            "language": default_language,
        }
        return OutgoingMail(
            key=key,
            to=to,
            subject=words["subject"],
            text=_TEMPLATES.get_template("held.txt").render(words),
            html=_TEMPLATES.get_template("held.html").render(words),
            language=default_language,
        )
