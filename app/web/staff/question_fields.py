"""The fields by which a reporter is asked: whom, what, and whether the fix clock waits for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app import i18n
from app.domain.lifecycle import Act
from app.domain.policy import Policy
from app.i18n import gettext, ngettext
from app.queries.questions import may_be_asked
from app.web import labels
from app.web.times import staff_moment

if TYPE_CHECKING:  # the form of all acts imports these fields
    from app.web.staff.acts import ActForm


def reporter_choices(session: Session, hazard_id: int) -> Sequence[tuple[str, str]]:
    """(id of the report, when and how it came): nobody's name is known, and none is shown."""
    return [
        (
            str(report.id),
            f"{staff_moment(report.received_at)} · {labels.channel(report.channel)} · {i18n.NAMES[report.language]}",
        )
        for report in may_be_asked(session, hazard_id)
    ]


def as_question(form: ActForm, act: Act, reporters: Sequence[tuple[str, str]], policy: Policy) -> None:
    """Offer whom one may ask; in the form of the question its fields say what they are."""
    everybody = ngettext("All who reported it: %(num)s person", "All who reported it: %(num)s people", len(reporters))
    form.asked.choices = [("", everybody), *reporters]
    if act is not Act.ASK:
        return
    days = ngettext("%(num)s day", "%(num)s days", policy.answer_within.days)
    form.note.label.text = gettext("Your question")
    form.note.description = gettext(
        "It stands on the private receipt. Ask only for what can be seen from a safe distance, and write no names."
    )
    form.stops_clock.description = gettext(
        "Until the answer, at most %(length)s, and only once unless an answer comes. Work goes on meanwhile. "
        "The time to make it safe never stops.",
        length=days,
    )
