"""The words of notices to staff, one or a digest, as mail, push message and SMS.

What people wrote stands in none of them: a telephone on a table shows a notice to whoever sits there.
"""

from collections.abc import Sequence
from itertools import groupby

from app import i18n
from app.domain.hazard import Clock, Severity
from app.domain.references import show_reference
from app.domain.staff_notices import StaffKind
from app.gateways.mail import OutgoingMail
from app.i18n import gettext as _
from app.i18n import lazy_gettext, ngettext
from app.jobs.mail_text import _SEVERITIES, _TEMPLATES
from app.queries.staff_facts import StaffFacts, Told

HAPPENED = {
    StaffKind.ASSIGNED: lazy_gettext("New hazard for your organisation"),
    StaffKind.PASSED_MANY: lazy_gettext("New borders or rules passed hazards to your organisation"),
    StaffKind.GIVEN_TO_YOU: lazy_gettext("This work was given to you"),
    StaffKind.RETURNED: lazy_gettext("The crew returned the work: give it to somebody else"),
    StaffKind.REMINDER: lazy_gettext("The time set for it ends soon"),
    StaffKind.DUE: lazy_gettext("The time set for it ends now"),
    StaffKind.OVERDUE_UP: lazy_gettext("The time set for it has passed, and it is not done"),
    StaffKind.MADE_SAFE_EXPIRED: lazy_gettext("The temporary measure has run out: look at it again"),
    StaffKind.HURT: lazy_gettext("Somebody was hurt here"),
    StaffKind.DISPUTED: lazy_gettext("People say that it is still dangerous"),
    StaffKind.FIX_TO_CONFIRM: lazy_gettext("It waits for your confirmation before it is closed"),
    StaffKind.QUESTION_ANSWERED: lazy_gettext("The reporter has answered your question"),
    StaffKind.MENTION: lazy_gettext("A colleague mentioned you"),
    StaffKind.ROOT_CAUSE: lazy_gettext("It happens here again and again: find the cause"),
    StaffKind.MERGED: lazy_gettext("Two reports of the same hazard are now one"),
}
OF_CLOCK = {
    (StaffKind.REMINDER, Clock.MAKE_SAFE): lazy_gettext("The time to make it safe ends soon"),
    (StaffKind.REMINDER, Clock.FIX): lazy_gettext("The time to fix it ends soon"),
    (StaffKind.DUE, Clock.MAKE_SAFE): lazy_gettext("The time to make it safe has ended"),
    (StaffKind.DUE, Clock.FIX): lazy_gettext("The time to fix it has ended"),
    (StaffKind.OVERDUE_UP, Clock.MAKE_SAFE): lazy_gettext("The time to make it safe has passed, and it is not safe"),
    (StaffKind.OVERDUE_UP, Clock.FIX): lazy_gettext("The time to fix it has passed, and it is not fixed"),
}
"""The same of what is about one clock."""


def staff_mail_text(facts: StaffFacts, *, key: str, base_url: str, default_language: str) -> OutgoingMail:
    """One letter, text and HTML."""
    with i18n.speaking(facts.language):
        words = _words(facts, base_url, default_language)
        return OutgoingMail(
            key=key,
            to=facts.email,
            subject=str(words["subject"]),
            text=_TEMPLATES.get_template("staff.txt").render(words),
            html=_TEMPLATES.get_template("staff.html").render(words),
            language=facts.language,
        )


def staff_push_text(facts: StaffFacts, *, base_url: str, default_language: str) -> dict[str, str]:
    """For the service worker: title, text, url, tag: the same tag shows the same message once."""
    root, last = _root(base_url, facts.language, default_language), facts.told[-1]
    with i18n.speaking(facts.language):
        happened = _happened(last)
        title = _digest_title(facts) if facts.digest else _what(last)
        title = _("URGENT: %(subject)s", subject=title) if facts.critical else title
    url = f"{root}/staff/" if facts.digest else _url(root, last)
    return {"title": title, "text": happened, "url": url, "tag": f"staff-{facts.notice_id}"}


def staff_sms_text(facts: StaffFacts, *, base_url: str, default_language: str) -> str:
    """One sentence and a link."""
    root, last = _root(base_url, facts.language, default_language), facts.told[-1]
    with i18n.speaking(facts.language):
        if facts.digest:
            return f"{_digest_title(facts)}. {root}/staff/"
        happened = _happened(last)
        said = _("URGENT: %(subject)s", subject=happened) if facts.critical else happened
        return f"{said}. {_what(last)}. {_url(root, last)}"


def _words(facts: StaffFacts, base_url: str, default_language: str) -> dict[str, object]:
    root = _root(base_url, facts.language, default_language)
    groups = _grouped(facts.told, root)
    first = facts.told[0]
    subject = _digest_title(facts) if facts.digest else _subject(first)
    return {
        "language": facts.language,
        "name": facts.name,
        "subject": _("URGENT: %(subject)s", subject=subject) if facts.critical else subject,
        "heading": _digest_title(facts) if facts.digest else _happened(first),
        "digest": facts.digest,
        "groups": groups,
        "staff_url": f"{root}/staff/",
        "settings_url": f"{root}/account/notifications",
    }


def _grouped(told: Sequence[Told], root: str) -> list[dict[str, object]]:
    """By kind and clock, in the table's order, and within it as it happened."""
    order = list(HAPPENED)
    ordered = sorted(told, key=lambda each: (order.index(StaffKind(each.kind)), each.clock or ""))
    return [
        {"happened": happened, "told": [_line(each, root) for each in group]}
        for happened, group in groupby(ordered, key=_happened)
    ]


def _happened(told: Told) -> str:
    kind = StaffKind(told.kind)
    return str(HAPPENED[kind] if told.clock is None else OF_CLOCK[kind, told.clock])


def _line(told: Told, root: str) -> dict[str, object]:
    return {
        "told": told,
        "what": _what(told),
        "reference": show_reference(told.reference),
        "severity": str(_SEVERITIES[Severity(told.severity)]),
        "url": _url(root, told),
    }


def _subject(told: Told) -> str:
    if told.number:
        return _what(told)
    named = {"type": told.type_name, "reference": show_reference(told.reference)}
    return _("%(what)s: %(type)s, %(reference)s", what=_happened(told), **named)


def _what(told: Told) -> str:
    """The hazard, or how many."""
    if told.number:
        return ngettext(
            "%(num)s hazard passed to your organisation", "%(num)s hazards passed to your organisation", told.number
        )
    return f"{told.type_name}, {show_reference(told.reference)}"


def _digest_title(facts: StaffFacts) -> str:
    return ngettext("%(num)s message about hazards", "%(num)s messages about hazards", len(facts.told))


def _url(root: str, told: Told) -> str:
    return f"{root}/staff/" if told.number else f"{root}/staff/h/{show_reference(told.reference)}"


def _root(base_url: str, language: str, default_language: str) -> str:
    return base_url if language == default_language else f"{base_url}/{language}"
