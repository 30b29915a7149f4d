"""The private receipt: each step of one's own report, with exact times.

Decision: the receipt stands behind the "#" of the address, so that no server and no log sees it; a script posts it,
and whoever has no script types it. It is a form without a token, because it changes nothing and no cookie is wanted.
An unknown code and a mistyped one get the same sentence. Turned down: the code in the path (it would stand in logs,
histories of proxies and referrers).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Response, jsonify, make_response, render_template, request, url_for

from app.domain.correction import PUBLIC_NEWS
from app.domain.errors import BadReceipt, DomainError
from app.domain.hazard import CLOSED_STATUSES, Clock, EmergencyMode, Moderation, ReportKind, Status
from app.domain.lifecycle import DISPUTABLE, Act
from app.domain.references import parse_receipt, receipt_hash, show_receipt, show_reference
from app.domain.taken_back import is_taken_back
from app.i18n import format_datetime, language
from app.i18n import gettext as _
from app.models import Body, Event, Hazard, HazardType, Report
from app.queries.questions import Asked
from app.queries.receipts import ReceiptView, by_receipt
from app.web import labels, labels_proof
from app.web.access import PUBLIC, access, wants_json
from app.web.clock_words import must_be_safe_by
from app.web.context import db, now
from app.web.errors import status_of
from app.web.event_look import event_look
from app.web.held import held_receipt
from app.web.public.pages import bp
from app.web.security import tokenless
from app.web.times import staff_due

NOBODY = "no-store"
LONGEST = 100


@bp.get("/receipt")
@access(PUBLIC)
def receipt() -> Response:
    """A field for the code; the script fills it from the address."""
    return _page()


@bp.post("/receipt")
@access(PUBLIC)
@tokenless
def show_my_report() -> Response:
    """The report of the code that was sent, or one sentence."""
    typed = request.form.get("receipt", "")[:LONGEST]
    fresh = bool(request.form.get("fresh"))
    if wants_json():
        return _in_short(typed)
    try:
        code = parse_receipt(typed)
        if (held := held_receipt(code, fresh=fresh)) is not None:
            return held
        words = _found(code)
    except BadReceipt as error:
        return _page(typed=typed, error=labels.error(error), status=status_of(error))
    return _page(**words, fresh=fresh)


def _in_short(typed: str) -> Response:
    """What "My reports" shows of each receipt. Of a held one nothing but that it is being read."""
    code = parse_receipt(typed)
    if held_receipt(code, fresh=False) is not None:
        response = jsonify(title="", state="open", status_text=_("A person reads your message now."), updated="")
    else:
        r = _found(code)["r"]
        short = {name: r[name] for name in ("reference", "title", "status_text", "state")}
        if r["questions"]:
            short["status_text"] = _("A question for you")
        response = jsonify(**short, updated=r["steps"][0]["when"] if r["steps"] else r["received"])
    response.headers["Cache-Control"] = NOBODY
    return response


def receipt_page(
    *,
    typed: str,
    code: str | None = None,
    error: DomainError | None = None,
    wrong: tuple[str, str, DomainError] | None = None,
    kept: Sequence[str] = (),
    done: str | None = None,
) -> Response:
    """The page after a form of it: `wrong` is (act, its field or "", refusal), `kept` the photos that need not be
    chosen again, `done` the act; without a `code` the field for one.

    Of what the desk has by now nothing is shown here either.
    """
    if code and (held := held_receipt(code, fresh=False)) is not None:
        return held
    try:
        words = _found(code) if code else {}
    except BadReceipt as unknown:
        words, error = {}, unknown
    if error is not None:
        return _page(typed=typed, error=labels.error(error), status=status_of(error))
    if wrong is None:
        return _page(**words, done=done)
    act, field, refusal = wrong
    said = {
        "act": act,
        "field": field,
        "kept": kept,
        "message": labels.error(refusal),
        "words": request.form.get("words", ""),
    }
    said["question"] = request.form.get("question", "")
    return _page(**words, wrong=said, status=status_of(refusal))


def _found(code: str) -> dict[str, Any]:
    with db() as session:
        view = by_receipt(session, receipt_hash(code))
        if view is None:
            raise BadReceipt()
        return receipt_words(view, code)


def receipt_words(view: ReceiptView, code: str) -> dict[str, Any]:
    """What `public/receipt_parts.html` shows; to be called while the session of `view` is open."""
    hazard, kind, said = view.hazard, view.kind, language()
    call = kind.emergency_mode == EmergencyMode.CALL_FIRST or view.report.someone_hurt
    return {
        "r": {
            "reference": show_reference(hazard.reference),
            "receipt": show_receipt(code),
            "receipt_url": f"{url_for('public.receipt')}#{show_receipt(code)}",
            "hazard_url": url_for("public.hazard", reference=show_reference(hazard.reference)),
            "is_public": view.is_public,
            "title": kind.name(said),
            "group": kind.group,
            "state": _state(view),
            "status": hazard.status,
            "status_text": labels.status(
                hazard.status, taken_back=is_taken_back(hazard.status, hazard.rejection_reason)
            ),
            "closed": hazard.status in CLOSED_STATUSES,
            "body": view.body.name(said) if view.body else None,
            "phone": view.body.phone if view.body else None,
            "why": labels.basis(hazard.basis) if view.body and hazard.basis else None,
            "owner_unknown": hazard.owner_unknown,
            "advice": getattr(kind, f"advice_{said}"),
            "call": list(kind.dial) if call else [],
            "dues": _dues(view, now()),
            "received": format_datetime(view.report.received_at),
            "said": [sent for report in (view.report, *view.later) if (sent := _said(view, report))],
            "waits": _waits(view),
            "withdrawn": view.report.withdrawn_at is not None,
            "asks_safe": hazard.status in DISPUTABLE and view.report.withdrawn_at is None,
            "disputed": hazard.disputed,
            "followed": view.followed,
            "joined_from": [show_reference(each) for each in view.joined_from],
            "questions": [_asked(each) for each in view.questions if not each.answered],
            "client_id": str(uuid4()),
            "steps": [_step(*row) for row in reversed(view.events)],
        }
    }


def _page(*, status: int = 200, **words: Any) -> Response:
    response = make_response(render_template("public/receipt.html", **words), status)
    response.headers["Cache-Control"] = NOBODY
    return response


def _state(view: ReceiptView) -> str:
    if view.hazard.status in CLOSED_STATUSES:
        return "closed"
    return "safe" if view.hazard.made_safe_at else "open"


def _said(view: ReceiptView, report: Report) -> dict[str, Any] | None:
    """Words and photos of one sending, with what became of them; None where there is nothing of it to show."""
    photos = [labels.moderation(photo.moderation) for photo in view.photos_of(report)]
    if not (report.text or photos or report.kind in {ReportKind.STILL_DANGEROUS, ReportKind.SAFE_NOW}):
        return None
    return {
        "kind": labels.report_kind(report.kind),
        "when": format_datetime(report.received_at),
        "text": report.text,
        "text_state": labels.moderation(report.moderation) if report.text else None,
        "question": next((each.text for each in view.questions if each.question_id == report.question_id), None),
        "photos": photos,
    }


def _asked(question: Asked) -> dict[str, Any]:
    return {
        "token": question.token,
        "text": question.text,
        "when": format_datetime(question.asked_at),
        "body": question.body.name(language()),
    }


def _waits(view: ReceiptView) -> bool:
    mine = [each.moderation for each in (view.report, *view.later) if each.text]
    return Moderation.PENDING in (*mine, *(photo.moderation for photo in view.photos))


def _dues(view: ReceiptView, at: datetime) -> list[dict[str, Any]]:
    hazard = view.hazard
    closed, fixed = hazard.status in CLOSED_STATUSES, hazard.status == Status.FIXED
    safe = fixed or hazard.made_safe_at is not None
    return [
        _due(Clock.MAKE_SAFE, must_be_safe_by(hazard), done=safe, over=closed, at=at),
        _due(Clock.FIX, hazard.fix_due, done=fixed, over=closed, paused=_paused(hazard), at=at),
    ]


def _paused(hazard: Hazard) -> str | None:
    """Why the fix clock stands; None where it runs."""
    return None if hazard.fix_paused_at is None else labels.waits_for_answer()


def _due(
    clock: Clock, due: datetime | None, *, done: bool, over: bool, at: datetime, paused: str | None = None
) -> dict[str, Any]:
    label = labels.clock(clock)
    if over and not done:
        return {"label": label, "text": labels.not_needed(), "state": "stopped", "when": None}
    if due is None:
        return {"label": label, "text": _("No target for this kind"), "state": "stopped", "when": None}
    when = format_datetime(due)
    if done:
        return {"label": label, "text": _("Done"), "state": "done", "when": None}
    if paused:
        return {"label": label, "text": paused, "state": "stopped", "when": when}
    state = "overdue" if due < at else "open"
    return {"label": label, "text": staff_due(due, now=at), "state": state, "when": when}


def _step(
    event: Event, body: Body | None, was: HazardType | None, became: HazardType | None, left: Body | None
) -> dict[str, Any]:
    data = event.data
    notes = [
        labels.measure(data["measure"]) if data.get("measure") else "",
        labels.reject_reason(data["reason_code"]) if data.get("reason_code") else "",
        *_corrected(event, body, was, became, left),
        labels_proof.doubt(data["unproven"]) if event.public and data.get("unproven") else "",
        event.note if event.public and event.data.get("shown") else "",
    ]
    return {
        "title": labels.event(event.kind),
        "when": format_datetime(event.at),
        "who": body.name(language()) if body else None,
        **event_look(event.kind),
        "note": " · ".join(note for note in notes if note),
    }


def _corrected(
    event: Event, body: Body | None, was: HazardType | None, became: HazardType | None, left: Body | None
) -> list[str]:
    """What a correction changed, as far as everybody may know it."""
    if event.kind != Act.CORRECT:
        return []
    named = {"from_type": was, "to_type": became, "from_body": left, "to_body": body}
    names = {key: each.name(language()) for key, each in named.items() if each is not None}
    facts = {key: value for key, value in event.data.items() if key in PUBLIC_NEWS}
    return labels_proof.corrected(facts, names)
