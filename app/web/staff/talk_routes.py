"""Fast notes, colleagues to be named in them, where I was named, and the sign of life of an open page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.actions.hazards import act_on_hazard
from app.actions.presence import be_present
from app.actions.talk import read_mentions
from app.domain.errors import DomainError, HazardNotFound
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.domain.text import fold
from app.i18n import gettext as _
from app.i18n import language
from app.queries.mentions import PAGE, mentions_of, who_may_be_mentioned
from app.queries.staff import visible_hazard
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now, policy
from app.web.security import json_intake
from app.web.sent import reference_or_404
from app.web.staff.routes import SEES, show_hazard
from app.web.staff.talk import presence_words
from app.web.staff.words import hazard_url
from app.web.times import staff_moment
from app.web.typed import keeps_typed

bp = Blueprint("talk", __name__, url_prefix="/staff")
MOST_FOUND = 8
MOST_NAMED = 20


def _say_expired(reference: str) -> ResponseReturnValue:
    return _again(reference_or_404(reference), labels.form_kept()), 403


@bp.post("/h/<reference>/say")
@access(*SEES)
@keeps_typed(_say_expired)
def say(reference: str) -> ResponseReturnValue:
    """A note for colleagues: nothing else changes, so that no newer version of the hazard is in its way."""
    code = reference_or_404(reference)
    named = tuple(request.form.getlist("mention", type=int)[:MOST_NAMED])
    try:
        with db() as session:
            visible_hazard(session, actor=actor(), reference=code)
            given = Given(note=request.form.get("note", ""), mentions=named)
            act_on_hazard(
                session, by=actor(), reference=code, act=Act.NOTE, version=None, given=given, policy=policy(), now=now()
            )  # fmt: skip
    except HazardNotFound:
        raise
    except DomainError as error:
        return _again(code, labels.error(error)), 422
    return redirect(hazard_url(code) + "#internal", 303)


@bp.post("/h/<reference>/presence")
@access(*SEES)
@json_intake
def presence(reference: str) -> ResponseReturnValue:
    """I still look at it: who else does, and is it still as I saw it."""
    with db() as session:
        hazard = visible_hazard(session, actor=actor(), reference=reference_or_404(reference))
        be_present(session, by=actor(), hazard_id=hazard.id, now=now())
        return jsonify(presence_words(session, hazard))


@bp.get("/mentions/people")
@access(Permission.WORK)
def people() -> ResponseReturnValue:
    """Up to eight people of my body, and coordinators, whose name has a word that begins with `q`."""
    wanted = fold(request.args.get("q", "")[:60])
    with db() as session:
        found = who_may_be_mentioned(session, actor().body_id, but=actor().account_id)
    found = [each for each in found if _begins(each.name, wanted)]
    return jsonify(people=[{"id": each.id, "name": each.name} for each in found[:MOST_FOUND]])


@bp.get("/mentions")
@access(*SEES)
def mentions() -> ResponseReturnValue:
    """Notes that name me, the newest first."""
    before = request.args.get("before", type=int)
    with db() as session:
        found = mentions_of(session, actor(), language(), before=before)
    rows = [_mention(row) for row in found[:PAGE]]
    return render_template(
        "staff/mentions.html",
        rows=rows,
        unread=any(row["unread"] for row in rows),
        first=url_for(".mentions") if before else None,
        next=url_for(".mentions", before=found[PAGE - 1].id) if len(found) > PAGE else None,
    )


@bp.post("/mentions/read")
@access(*SEES)
def read_all() -> ResponseReturnValue:
    """I have read them all."""
    with db() as session:
        read_mentions(session, by=actor(), now=now())
    flash(_("All are marked as read."), "success")
    return redirect(url_for(".mentions"), 303)


def _again(code: str, sentence: str) -> str:
    g.note_again = sentence
    return show_hazard(code)


def _begins(name: str, wanted: str) -> bool:
    folded = fold(name)
    return not wanted or folded.startswith(wanted) or any(word.startswith(wanted) for word in folded.split())


def _mention(row: Any) -> dict[str, Any]:
    return {
        "url": hazard_url(row.reference) + "#internal",
        "reference": show_reference(row.reference),
        "title": row.title,
        "body": row.body,
        "note": row.note,
        "who": row.who,
        "when": staff_moment(row.at),
        "unread": row.read_at is None,
    }
