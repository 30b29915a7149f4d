"""The words of administration: fields of forms and of the history, what a rule would change, closed lists.

Pages of administration import this beside `labels.py`, which has the words that others need too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from babel import dates

from app.domain.hazard import FixUnit, Publish
from app.domain.rule_change import Concern
from app.i18n import NAMES, format_number, gettext, language
from app.i18n import lazy_gettext as _

NOUNS = {
    "body": _("Organisation"),
    "rule": _("Rule"),
    "day": _("Day of the calendar"),
    "hazard_type": _("Kind of hazard"),
    "duty_contact": _("Contact on duty"),
    "escalation_step": _("Step of the escalation"),
    "duty_rule": _("Night duty"),
    "crew": _("Crew"),
    "crew_member": _("Member of a crew"),
    "deputy": _("Deputy"),
    "shift": _("Shift"),
    "export": _("Export"),
    "reply_template": _("Template of a reply"),
    "webhook": _("System of an organisation"),
    "webhook_host": _("Name a system may have"),
    "dead_letter": _("Message not delivered"),
    "account": _("Account of a person"),
}
FIELDS = {
    "url": _("Address of your system"),
    "secret": _("Number of the secret"),
    "allowed": _("Administrators who allow it"),
    "state": _("What became of it"),
    "reason": _("Reason"),
    "name": _("Name or post"),
    "position": _("Place in the order"),
    "code": _("Code"),
    "name_kk": _("Name in Kazakh"),
    "name_ru": _("Name in Russian"),
    "name_en": _("Name in English"),
    "kind": _("Kind of organisation"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "working_hours": _("Working hours"),
    "parent_id": _("Stands above it"),
    "language": _("Language of its letters"),
    "active": _("Hazards are sent to it"),
    "body_id": _("Organisation"),
    "area_code": _("Area"),
    "hazard_type": _("Kind of hazard"),
    "group": _("Group of hazards"),
    "hint": _("What was looked at"),
    "hint_value": _("What was seen"),
    "rank": _("Order among equal rules"),
    "valid_from": _("From"),
    "valid_until": _("Ends on"),
    "day": _("Day"),
    "working": _("People work on this day"),
    "advice_kk": _("Advice in Kazakh"),
    "advice_ru": _("Advice in Russian"),
    "advice_en": _("Advice in English"),
    "severity": _("Severity to begin with"),
    "make_safe_hours": _("Hours to make it safe"),
    "fix_value": _("Time to fix it"),
    "fix_unit": _("Counted in"),
    "publish": _("Shown to everybody"),
    "season": _("Months of its season"),
    "responsible": _("Who answers, in this order"),
    "reportable": _("Can be reported"),
    "account_id": _("Person"),
    "crew_id": _("Crew"),
    "deputy_id": _("Stands in"),
    "starts_on": _("First day away"),
    "ends_on": _("Last day away"),
    "weekday": _("Day of the week"),
    "weekdays": _("On which days"),
    "starts": _("Begins"),
    "ends": _("Ends"),
    "filter": _("Filter"),
    "count": _("Hazards in the file"),
    "words": _("With the words of reports"),
    "act": _("For which step"),
    "text_kk": _("Text in Kazakh"),
    "text_ru": _("Text in Russian"),
    "text_en": _("Text in English"),
    "offered": _("Is offered"),
    "signs_in": _("May sign in"),
    "roles": _("Role"),
    "second_factor": _("Second factor"),
    "clock": _("Which time"),
    "share": _("Part of the time"),
    "hours": _("Hours from the due time"),
    "tell": _("Who is told"),
    "minutes": _("Minutes to answer"),
    "happened": _("What happened"),
}
PUBLISH = {
    Publish.PIN_AT_ONCE: _("The place at once, text and photos after a moderator"),
    Publish.AFTER_REVIEW: _("Nothing until a moderator agrees"),
    Publish.NEVER: _("Nothing, ever"),
}
FIX_UNITS = {FixUnit.HOURS: _("hours"), FixUnit.WORKING_DAYS: _("working days")}
CONCERNS = {
    Concern.SAME: _("There is another rule that says the same, and for a time both apply."),
    Concern.NO_AREA: _("The area does not exist on this day: the rule would do nothing."),
    Concern.BODY_OFF: _("No hazards are sent to %(now)s: the rule would do nothing."),
    Concern.NEVER: _("This rule is never reached: %(was)s always goes before it."),
    Concern.HIDES: _("A rule of %(now)s is no longer reached: %(was)s always goes before it."),
    Concern.OPENS: _("Nobody would answer any more; until now it was %(was)s."),
    Concern.LOSES_OWNER: _("The owner would be unknown; %(now)s would have to make it safe instead of %(was)s."),
    Concern.CLOSES: _("Until now nobody answers; from now on %(now)s does."),
    Concern.FINDS_OWNER: _("Until now only %(was)s makes it safe; from now on %(now)s answers."),
    Concern.MOVES: _("It goes from %(was)s to %(now)s."),
}
MONTHS = tuple(range(1, 13))
NEVER_NAMED = _("This rule is never reached: no kind of hazard names this kind of organisation.")


def noun(code: str) -> str:
    """What was changed: "Organisation"; a noun without words of its own is an area or the like, by its code."""
    return str(NOUNS.get(code, code))


def field(name: str) -> str:
    return str(FIELDS.get(name, name))


def publish(code: Publish | str) -> str:
    return str(PUBLISH[Publish(code)])


def fix_unit(code: FixUnit | str) -> str:
    return str(FIX_UNITS[FixUnit(code)])


def yes_no(value: object) -> str:
    return gettext("Yes") if value else gettext("No")


def mail_language(code: str) -> str:
    """A language in its own words."""
    return NAMES[code]


def month(number: int) -> str:
    """The name of a month by itself: "қараша", "ноябрь"."""
    return str(dates.get_month_names("wide", "stand-alone", language())[number])


def months(numbers: Sequence[int]) -> str:
    """ "November, December"; of none: all the year."""
    return ", ".join(month(number) for number in numbers) if numbers else gettext("All the year")


def weekday(number: int, *, width: Literal["wide", "abbreviated"] = "wide") -> str:
    """Monday is 0."""
    return str(dates.get_day_names(width, "stand-alone", language())[number])


def concern(code: Concern, *, was: str, now: str) -> str:
    """What a rule would change; `was` and `now`: names of bodies."""
    if code is Concern.NEVER and not was:
        return str(NEVER_NAMED)
    return str(CONCERNS[code]) % {"was": was, "now": now}


def number(value: object) -> str:
    return format_number(value) if isinstance(value, int) else str(value)
