"""The moderator's queue: texts, photos and proposed rejections.

Each of them is a form of its own that works without script; `js/moderation.js` gives each button a key and fetches the
answer to a form, which is the queue again, in place of loading the page. Turned down: a queue of JSON beside the page,
which would be a second truth about what waits.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app import i18n
from app.actions.hazards import act_on_hazard
from app.actions.moderation import clear_hazard, decide_photo, decide_words, hide_hazard
from app.domain.errors import DomainError, PointsToViolence
from app.domain.hazard import Moderation
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.i18n import gettext as _
from app.models import Hazard
from app.queries.moderation import Waiting, one, queue, waiting
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now, policy
from app.web.errors import status_of
from app.web.sent import reference_or_404
from app.web.staff.words import hazard_url
from app.web.times import staff_moment

bp = Blueprint("moderation", __name__, url_prefix="/staff/moderation")

PAGE = 20
MOST_PAGES = 1_000


@bp.get("/")
@access(Permission.MODERATE)
def index() -> ResponseReturnValue:
    """What waits, the oldest first."""
    return _page()


@bp.get("/h/<reference>")
@access(Permission.MODERATE)
def decided(reference: str) -> ResponseReturnValue:
    """One hazard, to decide on it anew: what is public, and what is not."""
    return _one_page(reference_or_404(reference))


@bp.post("/text/<reference>")
@access(Permission.MODERATE)
def text(reference: str) -> ResponseReturnValue:
    """Clear the hazard with the text as edited or without words, or hide it with a reason."""
    code, choice = reference_or_404(reference), request.form.get("choice")
    words = request.form.get("public_text", "")
    if choice not in {"clear", "without_text", "hide"}:
        abort(400)
    if choice == "hide" and not request.form.get("reason", "").strip():
        return _same_page(code, _("Give the reason.")), 422
    try:
        with db() as session:
            if choice == "hide":
                hide_hazard(
                    session, by=actor(), reference=code, reason=request.form["reason"], policy=policy(), now=now(),
                    again=_again(), reports=_ids("shown"),
                )  # fmt: skip
            else:
                shown = words if choice == "clear" else None
                clear_hazard(
                    session, by=actor(), reference=code, public_text=shown, policy=policy(), now=now(),
                    again=_again(), reports=_ids("reports"),
                )  # fmt: skip
    except DomainError as error:
        return _same_page(code, _said(error)), status_of(error)
    return _done(code)


@bp.post("/words/<reference>/<int:report_id>")
@access(Permission.MODERATE)
def later_words(reference: str, report_id: int) -> ResponseReturnValue:
    """Clear the words of a later report, as part of the text as edited, or refuse them."""
    code, form = reference_or_404(reference), request.form
    if form.get("choice") not in {"clear", "refuse"}:
        abort(400)
    shown = form.get("public_text", "") if form["choice"] == "clear" else None
    try:
        with db() as session:
            decide_words(
                session, by=actor(), reference=code, report_id=report_id, public_text=shown,
                seen_text=form.get("seen_text", ""), policy=policy(), now=now(),
            )  # fmt: skip
    except DomainError as error:
        return _same_page(code, _said(error)), status_of(error)
    return _done(code)


@bp.post("/photo/<public_id>")
@access(Permission.MODERATE)
def photo(public_id: str) -> ResponseReturnValue:
    """Clear or refuse one photo."""
    if request.form.get("choice") not in {"clear", "refuse"}:
        abort(400)
    try:
        with db() as session:
            cleared = request.form["choice"] == "clear"
            decide_photo(session, by=actor(), public_id=public_id[:40], cleared=cleared, now=now(), again=_again())
    except DomainError as error:
        return _same_page(request.form.get("of", "")[:40], labels.error(error)), status_of(error)
    return _done(request.form.get("of", ""))


@bp.post("/rejection/<reference>")
@access(Permission.MODERATE)
def rejection(reference: str) -> ResponseReturnValue:
    """Confirm or decline a proposed rejection."""
    code = reference_or_404(reference)
    choice, version = request.form.get("choice"), request.form.get("version", "")
    if choice not in {"confirm", "decline"} or not version.isdecimal() or len(version) > 9:
        abort(400)
    try:
        with db() as session:
            act_on_hazard(
                session,
                by=actor(),
                reference=code,
                act=Act.CONFIRM_REJECTION if choice == "confirm" else Act.DECLINE_REJECTION,
                version=int(version),
                given=Given(reason=request.form.get("reason", "")),
                policy=policy(),
                now=now(),
            )
    except DomainError as error:
        return _page(code, _said(error)), 422 if error.code == "needs_reason" else status_of(error)
    return _done()


def _said(error: DomainError) -> str:
    """The refusal; where its words are for the desk, also how to give the hazard to it."""
    if not isinstance(error, PointsToViolence):
        return labels.error(error)
    way_out = _("If somebody is in danger, give the hazard to the desk: the button is at the end.")
    return f"{labels.error(error)} {way_out}"


def _ids(name: str) -> list[int]:
    """The reports that the form showed: what came since then waits for its own decision."""
    return [int(each) for each in request.form.getlist(name) if each.isascii() and each.isdecimal() and len(each) < 19]


def _again() -> bool:
    """Whether the form is that of one hazard, which changes an earlier decision knowingly."""
    return bool(request.form.get("again"))


def _same_page(refused: str, sentence: str) -> str:
    if _again() and refused:
        return _one_page(reference_or_404(refused), sentence)
    return _page(refused, sentence)


def _one_page(code: str, sentence: str = "") -> str:
    with db() as session:
        items = [_item(each) for each in one(session, code)]
    if not items:
        abort(404)
    _keep_typed(items, code, sentence)
    return render_template("staff/moderation.html", form=FlaskForm(), items=items, single=True)


def _page(refused: str = "", sentence: str = "") -> str:
    """The queue; `refused` with its sentence, and what was typed kept there."""
    with db() as session:
        total = waiting(session)
        number = min(_page_number(), max(total - 1, 0) // PAGE)
        found = queue(session, page=number, size=PAGE)
        items = [_item(each) for each in found]
    sentence = _keep_typed(items, refused, sentence)
    more = url_for(".index", page=number + 1) if (number + 1) * PAGE < total else None
    return render_template(
        "staff/moderation.html",
        form=FlaskForm(),
        items=items,
        total=total,
        number=number,
        sentence=sentence,
        first=url_for(".index", page=number - 1) if number else None,
        next=more,
    )


def _page_number() -> int:
    """The page of the queue that is open, from 0; the forms of a page send it along."""
    return min(max(request.values.get("page", 0, type=int), 0), MOST_PAGES)


def _keep_typed(items: list[dict[str, Any]], refused: str, sentence: str) -> str:
    """Put what was typed and the sentence at the refused item; the sentence when it is not among them."""
    if not sentence:
        return ""
    for item in items:
        if item["code"] == refused:
            item |= {"error": sentence, "reason": request.form.get("reason", "")}
            item["public_text"] = request.form.get("public_text", item["public_text"])
            return ""
    return sentence


def _item(waits: Waiting) -> dict[str, Any]:
    hazard = waits.hazard
    words = [report for report in waits.reports if report.waits]
    pending = hazard.moderation == Moderation.PENDING
    first = words[:1] if pending else []
    return {
        "code": hazard.reference, "reference": show_reference(hazard.reference), "url": hazard_url(hazard.reference),
        "version": hazard.version, "title": waits.kind.name(i18n.language()), "group": waits.kind.group,
        "received": staff_moment(hazard.received_at), "pending": pending,
        "moderation": labels.moderation(hazard.moderation),
        "urgent": hazard.urgent, "review_first": hazard.review_first and pending,
        "hidden": hazard.moderation == Moderation.REFUSED,
        "public_text": hazard.public_text or "\n\n".join(report.text for report in first),
        "decides": [report.id for report in waits.reports if not report.waits] + [report.id for report in first],
        "shown": [report.id for report in waits.reports],
        "later": [_later(hazard, report) for report in words if report not in first],
        "languages": sorted({report.language for report in waits.reports}),
        "channels": sorted({labels.channel(report.channel) for report in waits.reports}),
        "rejection": labels.reject_reason(hazard.rejection_reason) if hazard.rejection_reason else None,
        "photos": [
            {"public_id": p.public_id, "alt": labels.photo_kind(p.kind),
             "said": labels.said(p.said), "state": labels.moderation(p.moderation),
             "cleared": p.moderation == Moderation.CLEARED, "refused": p.moderation == Moderation.REFUSED,
             "url": url_for("staff.photo", public_id=p.public_id, size="medium")}
            for p in waits.photos
        ],
        "error": "", "reason": "",
    }  # fmt: skip


def _later(hazard: Hazard, report: Any) -> dict[str, Any]:
    """Words that came after the first: what they are, and the public text as it would be with them."""
    before = hazard.public_text or ""
    return {
        "id": report.id,
        "said": labels.said(report.kind),
        "when": staff_moment(report.received_at),
        "text": report.text,
        "before": before,
        "with_it": "\n\n".join(part for part in (before, report.text) if part),
    }


def _done(code: str = "") -> ResponseReturnValue:
    flash(_("Your decision was saved."), "success")
    return redirect(
        hazard_url(reference_or_404(code)) if _again() and code else url_for(".index", page=_page_number() or None), 303
    )
