"""Spots that are dangerous again and again: what the body does about the cause, or why it does nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.actions.root_causes import accept_cause, decline_cause, end_cause
from app.domain.errors import DomainError
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.i18n import format_day, language
from app.i18n import gettext as _
from app.models import Hazard, RootCause
from app.queries.repeats import hazards_of, root_causes
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now
from app.web.errors import status_of
from app.web.photos import take_photos
from app.web.staff.same import body_seen, cause_state
from app.web.staff.words import hazard_url, state_of
from app.web.times import staff_moment
from app.web.typed import keeps_typed

bp = Blueprint("root_causes", __name__, url_prefix="/staff/root-causes")

MOST = 100


@bp.get("/")
@access(Permission.DISPATCH)
def index() -> ResponseReturnValue:
    """What waits for a word and what is under way; or what was settled."""
    return _page(settled=request.args.get("state") == "settled")


def _expired(task_id: int, act: str) -> ResponseReturnValue:
    return _page(refused=(task_id, act, labels.form_kept())), 403


@bp.post("/<int:task_id>/<any(accept, done, decline):act>")
@access(Permission.DISPATCH)
@keeps_typed(_expired)
def decide(task_id: int, act: str) -> ResponseReturnValue:
    """A body's word on one task."""
    words = request.form.get("note", "")
    try:
        _do(task_id, act, words)
    except DomainError as error:
        status = status_of(error)
        if status == 404:
            raise
        return _page(refused=(task_id, act, labels.error(error))), status if status == 409 else 422
    flash(_("It was noted."), "success")
    return redirect(url_for(".index"), 303)


def _do(task_id: int, act: str, words: str) -> None:
    photos = take_photos(request.files.getlist("photos")) if act == "done" else ()
    who: dict[str, Any] = {"by": actor(), "task_id": task_id, "now": now()}
    with db() as session:
        if act == "accept":
            accept_cause(session, plan=words, **who)
        elif act == "done":
            end_cause(session, note=words, photos=photos, **who)
        else:
            decline_cause(session, reason=words, **who)


def _page(*, settled: bool = False, refused: tuple[int, str, str] | None = None) -> str:
    with db() as session:
        rows = root_causes(session, body_id=body_seen(), settled=settled, language=language(), most=MOST)
        ids = {number for row in rows for number in row.RootCause.hazard_ids}
        known = hazards_of(session, ids, body_id=body_seen())
        tasks = [_words(session, row, known, refused) for row in rows]
    return render_template(
        "staff/root_causes.html", tasks=tasks, settled=settled, all_bodies=body_seen() is None,
        said=refused[2] if refused else None,
    )  # fmt: skip


def _words(
    session: Session, row: Row[Any], known: Mapping[int, Hazard], refused: tuple[int, str, str] | None
) -> dict[str, Any]:
    task: RootCause = row.RootCause
    hazards = [known[number] for number in task.hazard_ids if number in known]
    wrong = refused if refused and refused[0] == task.id else None
    return {
        "id": task.id,
        "title": row.title,
        "group": row.group,
        "body": row.body,
        "state": task.state,
        "state_text": cause_state(task.state),
        "times": len(task.hazard_ids),
        "proposed": staff_moment(task.proposed_at),
        "hazards": [_hazard(each) for each in hazards],
        "plan": task.plan,
        "note": task.note,
        "who": row.who,
        "when": staff_moment(last) if (last := task.ended_at or task.accepted_at) else None,
        "acts": _acts(task, wrong[1] if wrong else None),
        "wrong": wrong[2] if wrong else None,
        "typed": request.form.get("note", "") if wrong else "",
    }


def _acts(task: RootCause, opened: str | None) -> list[dict[str, Any]]:
    """The forms of a task: what it may be told now."""
    accept: dict[str, Any] = {
        "name": "accept",
        "title": _("Accept"),
        "label": _("What will be done, and by when"),
        "kind": "primary",
    }
    done: dict[str, Any] = {
        "name": "done",
        "title": _("It is done"),
        "label": _("What was done"),
        "kind": "good",
        "photos": True,
    }
    decline: dict[str, Any] = {"name": "decline", "title": _("Decline"), "label": _("Reason in words"), "kind": "quiet"}
    acts = {"proposed": [accept, decline], "accepted": [done, decline]}.get(task.state, [])
    may = actor().may(Permission.DISPATCH, body_id=task.body_id)
    return [{"photos": False, **each, "open": each["name"] == opened} for each in acts] if may else []


def _hazard(hazard: Hazard) -> dict[str, Any]:
    return {
        "url": hazard_url(hazard.reference),
        "reference": show_reference(hazard.reference),
        "day": format_day(hazard.received_day),
        "status": hazard.status,
        "status_text": labels.status(hazard.status),
        "state": state_of(hazard),
    }
