"""From one shift to the next: who is on duty, what presses, the notes, and "I have read it"."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from app import i18n
from app.actions.shift_notes import confirm_note, leave_note
from app.domain.errors import DomainError, NeedsShiftNote, UnknownShiftNote
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.queries.hand_over import SOON, notes_of, pressing
from app.queries.listed import ids_of, listed
from app.web import labels
from app.web.access import access, actor
from app.web.clock_words import fix_words, make_safe_words
from app.web.context import db, now
from app.web.forms import OurForm, refuse
from app.web.staff.bulk_rows import row_words
from app.web.staff.on_duty import on_duty_words
from app.web.staff.words import hazard_url
from app.web.times import staff_moment
from app.web.typed import keeps_typed

bp = Blueprint("hand_over", __name__, url_prefix="/staff/hand-over")


class NoteForm(OurForm):
    note = TextAreaField(_("What the next shift must know"))


def _expired() -> ResponseReturnValue:
    form = NoteForm()
    form.form_errors = [labels.form_kept()]
    return _page(form), 403


@bp.route("", methods=["GET", "POST"])
@access(Permission.WORK)
@keeps_typed(_expired)
def index() -> ResponseReturnValue:
    """What presses now, the last notes, and a form for one more."""
    form = NoteForm()
    if not form.validate_on_submit():
        return _page(form), 422 if form.errors else 200
    try:
        with db() as session:
            leave_note(session, by=actor(), note=form.note.data or "", hazards=_references(session), now=now())
    except DomainError as error:
        status = refuse(form, error, {NeedsShiftNote: "note"})
        return _page(form), status
    flash(gettext("The note waits for the next shift."), "success")
    return redirect(url_for(".index"), 303)


@bp.post("/<int:note_id>/read")
@access(Permission.WORK)
def read(note_id: int) -> ResponseReturnValue:
    """ "I have read it." """
    try:
        with db() as session:
            confirm_note(session, by=actor(), note_id=note_id, now=now())
        flash(gettext("Thank you. The shift before you sees that you have read it."), "success")
    except UnknownShiftNote:
        raise
    except DomainError as error:
        flash(labels.error(error), "warning")
    return redirect(url_for(".index"), 303)


def _body() -> int:
    """The own body; -1, which is none, for who works for none."""
    return actor().body_id or -1


def _references(session: Session) -> list[str]:
    found = pressing(session, _body(), now())
    ids = [*found.critical, *found.expiring, *found.due]
    return [row.reference for row in listed(session, actor=actor(), ids=ids, language=i18n.language())]


def _page(form: NoteForm) -> str:
    with db() as session:
        found = pressing(session, _body(), now())
        groups = [
            (gettext("Life-threatening and not made safe"), _rows(session, found.critical), "danger"),
            (gettext("Made safe, to be checked again soon"), _rows(session, found.expiring), "late"),
            (gettext("Due soon or overdue"), _rows(session, found.due), "late"),
        ]
        notes = [_note(session, *row) for row in notes_of(session, _body())]
        duty = on_duty_words(session, actor(), now())
    return render_template(
        "staff/hand_over.html",
        form=form,
        groups=groups,
        notes=notes,
        duty=duty,
        hours=int(SOON.total_seconds() // 3600),
    )


def _rows(session: Session, ids: Any) -> list[dict[str, Any]]:
    rows = listed(session, actor=actor(), ids=ids, language=i18n.language())
    return [{**row_words(row), "make_safe": make_safe_words(row, now()), "fix": fix_words(row, now())} for row in rows]


def _note(session: Session, note: Any, writer: str, reader: str | None) -> dict[str, Any]:
    """A note; hazards that went to another body since are no longer named."""
    still = ids_of(session, actor=actor(), references=note.hazards)
    return {
        "id": note.id,
        "when": staff_moment(note.at),
        "by": writer,
        "text": note.note,
        "hazards": [(show_reference(each), hazard_url(each)) for each in note.hazards if each in still],
        "read": gettext("Read by %(name)s, %(moment)s", name=reader, moment=staff_moment(note.read_at))
        if note.read_at
        else "",
        "may_read": note.read_at is None and note.by_account != actor().account_id,
    }
