"""What people say about a hazard, for its page: questions, notes with names, templates, and who else looks at it."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from sqlalchemy.orm import Session

from app import i18n
from app.actions.presence import be_present
from app.actions.questions import looked_at
from app.actions.talk import read_mentions
from app.domain.lifecycle import Act
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.i18n import gettext as _
from app.models import Hazard, Question, Report
from app.queries.mentions import named_in, who_may_be_mentioned
from app.queries.presence import last_line, others_looking
from app.queries.questions import AskedByUs, asked_by_us, photos_of_report
from app.queries.staff import StaffHazard
from app.web import labels
from app.web.access import actor
from app.web.context import now
from app.web.staff.reply_texts import offer_templates
from app.web.times import staff_moment

Words = dict[str, Any]


def look(session: Session, hazard: Hazard) -> None:
    """Somebody has opened the page: others may know, what they were called to is read, the answers are seen."""
    be_present(session, by=actor(), hazard_id=hazard.id, now=now())
    read_mentions(session, by=actor(), hazard_id=hazard.id, now=now())
    own = hazard.body_id is not None and actor().body_id == hazard.body_id
    if own and actor().may(Permission.DISPATCH, body_id=hazard.body_id):
        looked_at(session, hazard)


def with_talk(session: Session, page: StaffHazard, words: Words, forms: list[Words]) -> Words:
    """The words of the page, its forms with their templates, and all that is said."""
    hazard = page.hazard
    offer_templates(session, page, forms)
    _name_the_called(session, page, words["internal_events"])
    may_note = any(form["act"] == Act.NOTE for form in forms)
    return words | {
        "forms": forms,
        "presence": presence_words(session, hazard) | {"url": url_for("talk.presence", reference=words["reference"])},
        "questions": [_question(session, each, hazard) for each in asked_by_us(session, actor(), hazard.id)],
        "note_box": _note_box(session, hazard) if may_note else None,
    }


def presence_words(session: Session, hazard: Hazard) -> Words:
    """Who else looks at it (`said`: a sentence, or ""), and the newest line and version of it."""
    names = others_looking(session, actor(), hazard.id, now=now())
    said = _("Looking at this now: %(names)s", names=", ".join(names)) if names else ""
    return {"said": said, "version": hazard.version, "seen": last_line(session, actor(), hazard.id)}


def _note_box(session: Session, hazard: Hazard) -> Words:
    people = who_may_be_mentioned(session, hazard.body_id, but=actor().account_id)
    again = g.get("note_again") is not None
    return {
        "people": [(each.id, each.name) for each in people],
        "typed": request.form.get("note", "") if again else "",
        "chosen": request.form.getlist("mention", type=int) if again else [],
        "error": g.get("note_again"),
        "url": url_for("talk.say", reference=show_reference(hazard.reference)),
        "colleagues_url": url_for("talk.people"),
    }


def _name_the_called(session: Session, page: StaffHazard, internal: list[Words]) -> None:
    """Under a note the names that its words do not hold."""
    lines = [event for event in page.events if not event.public]
    named = named_in(session, [event.id for event in lines])
    for event, line in zip(lines, internal, strict=True):
        missing = [name for name in named.get(event.id, ()) if f"@{name}" not in event.note]
        if missing:
            called = _("Called: %(names)s", names=", ".join(missing))
            line["note"] = f"{line['note']}\n{called}" if line["note"] else called


def _question(session: Session, asked: AskedByUs, hazard: Hazard) -> Words:
    question = asked.question
    waits = question.stops_until if hazard.fix_paused_at == question.asked_at else None
    return {
        "text": question.text,
        "when": staff_moment(question.asked_at),
        "who": asked.who,
        "to": _("one person") if question.report_id else _("all who reported it"),
        "stops_until": staff_moment(waits) if waits else None,
        "runs_again": None if waits else _why_it_runs(question),
        "answers": [_answer(session, each) for each in asked.answers],
    }


def _why_it_runs(question: Question) -> str | None:
    """Why the fix clock waits for this answer no more; None where it never did."""
    if question.stops_until is None:
        return None
    if question.answered_at is not None and question.answered_at <= question.stops_until:
        return _("The answer has come: the time for the fix runs again.")
    if question.ran_again_at is not None:
        return _("No answer came in time: the time for the fix runs again.")
    return _("The hazard was closed or passed on meanwhile: the time for the fix waits for this answer no longer.")


def _answer(session: Session, report: Report) -> Words:
    return {
        "text": report.text,
        "language": report.language,
        "language_name": i18n.NAMES[report.language],
        "when": staff_moment(report.received_at),
        "photos": [
            {
                "url": url_for("staff.photo", public_id=public_id, size="thumb"),
                "full": url_for("staff.photo", public_id=public_id, size="full"),
                "alt": labels.photo_kind(kind),
            }
            for public_id, kind in photos_of_report(session, report.id)
        ],
    }
