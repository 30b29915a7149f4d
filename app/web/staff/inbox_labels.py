"""The words of the inbox: its views, its filter, its order."""

from __future__ import annotations

from app.domain.hazard import Clock
from app.domain.inbox import ANY, Age, Mark, Wanted, Who
from app.i18n import lazy_gettext as _
from app.queries.inbox import MOST
from app.web import labels

VIEWS = {"list": (_("List"), "list"), "map": (_("Map"), "map"), "board": (_("Board"), "board")}
"""Words and icon."""
STEPS = (
    _("People are in danger now"),
    _("Life-threatening, not made safe yet"),
    _("Overdue, or people say it is still dangerous"),
    _("High danger, within the time limit"),
    _("Other open hazards, within the time limit"),
    _("Made safe for now, within the time limit"),
)
"""The steps of `hazard.work_order`, in their order."""
AGES = {
    Age.DAY: _("in the last 24 hours"),
    Age.WEEK: _("in the last 7 days"),
    Age.OVER_WEEK: _("more than 7 days ago"),
    Age.OVER_MONTH: _("more than 30 days ago"),
}
OVERDUE = {
    ANY: _("Any time limit has passed"),
    Clock.MAKE_SAFE: _("Not made safe in time"),
    Clock.FIX: _("Not fixed in time"),
}
MARKS = {
    Mark.DISPUTED: _("People say: still dangerous"),
    Mark.ANSWERED: _("A reporter has answered"),
    Mark.EXPIRING: _("Made safe, ends within 12 hours"),
    Mark.OWNER_UNKNOWN: _("Owner not known"),
    Mark.SECOND: _("Waits for a second person"),
}
WHOM = {Who.ME: _("Given to me"), Who.MY_CREWS: _("Given to my crews"), Who.NOBODY: _("Given to nobody yet")}
TABS: dict[str, tuple[Wanted, object]] = {
    "open": (Wanted(), _("All open")),
    "overdue": (Wanted(overdue=ANY), _("Overdue")),
    "disputed": (Wanted(marks=(Mark.DISPUTED,)), _("Still dangerous, people say")),
    "second": (Wanted(marks=(Mark.SECOND,)), _("To confirm")),
    "expiring": (Wanted(marks=(Mark.EXPIRING,)), _("To inspect again")),
    "owner": (Wanted(marks=(Mark.OWNER_UNKNOWN,)), _("Owner not known")),
    "nobody": (Wanted(whom=Who.NOBODY), _("Given to nobody")),
    "crews": (Wanted(whom=Who.MY_CREWS), _("My crews")),
    "mine": (Wanted(whom=Who.ME), _("Given to me")),
    "closed": (Wanted(closed=True), _("Closed")),
}
"""Quick views with their counts."""


def count_words(number: int) -> str:
    """A count that stops at MOST."""
    return f"{MOST}+" if number > MOST else str(number)


def severity_names() -> list[tuple[str, str]]:
    """(code, words), the heaviest first."""
    return [(code.value, str(words)) for code, words in reversed(labels.SEVERITIES.items())]
