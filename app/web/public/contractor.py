"""`/job/…`: a contractor's page of one hazard, by a link and without an account.

Decision: the secret stands in the address, since a contractor gets it in a message and opens it again for days; so the
page is told to nobody (`no-referrer`), kept by nobody (`no-store`) and found by no search. What it shows is a list: the
kind, the place, both due times, the instruction, the photos chosen for it, and what its holder has sent. A dead link
and one that never was are one page. Opening is counted by network as sending is, more generously. Turned down: the
secret behind a `#`, which needs a script to open, on a telephone that nobody knows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect
from wtforms import MultipleFileField, TextAreaField

from app.actions.contractor import ACTS, act_by_link
from app.actions.hazards import subject_of
from app.domain.errors import DomainError, LinkDead, NothingSaid, TooMany
from app.domain.hazard import Clock, Status
from app.domain.ladder import Ladder, Step
from app.domain.lifecycle import Act, allowed_acts
from app.domain.references import show_reference
from app.i18n import format_datetime, language, lazy_gettext
from app.i18n import gettext as _
from app.models import Hazard
from app.queries.contractor import ContractorJob, job_of_token, photo_key_for
from app.web import labels
from app.web.access import PUBLIC, access
from app.web.clock_words import fix_words, make_safe_words, must_be_safe_by
from app.web.context import db, now, policy
from app.web.errors import status_of
from app.web.forms import OurForm
from app.web.limits import step_of, with_retry
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.photos import send_photo, take_photos
from app.web.public.pages import bp
from app.web.typed import keeps_typed

OPENING = Ladder(straight=300, most=300)
LONGEST = 60
BUTTONS = {
    Act.START: (lazy_gettext("Work has started"), "tool", "primary"),
    Act.REPORT_FIX: (lazy_gettext("Fixed"), "check", "good"),
    Act.NOTE: (lazy_gettext("Only a photo or a note"), "camera", "quiet"),
}


class JobForm(OurForm):
    """What a contractor sends."""

    note = TextAreaField(lazy_gettext("Note"))
    photos = MultipleFileField(lazy_gettext("Photos"))


@bp.get("/job/<token>")
@access(PUBLIC)
def contractor_job(token: str) -> ResponseReturnValue:
    """What is needed, and what may be sent."""
    if step_of("job-open", ladder=OPENING) is Step.REFUSED:
        return with_retry(_dead(TooMany()))
    return _page(token, done=request.args.get("done", ""))


def _expired(token: str, act: str) -> ResponseReturnValue:
    form = JobForm()
    form.form_errors = [labels.form_kept(photos=False)]
    answer = _page(token, refused=(Act(act), form))
    answer.status_code = 403  # of a dead link too: the form is refused before its address is looked at
    return answer


@bp.post("/job/<token>/<any({}):act>".format(", ".join(BUTTONS)))
@access(PUBLIC)
@keeps_typed(_expired)
def contractor_sends(token: str, act: str) -> ResponseReturnValue:
    """A photo and a note, "started", or "fixed", to be confirmed by the organisation."""
    wanted, form = Act(act), JobForm()
    try:
        if step_of("job") is Step.REFUSED:
            raise TooMany()
        _send(token[:LONGEST], wanted, form)
    except LinkDead as error:
        return _dead(error)
    except DomainError as error:
        form.form_errors = [labels.error(error)]
        again = _page(token, refused=(wanted, form), status=status_of(error))
        return with_retry(again) if isinstance(error, TooMany) else again
    return _private(redirect(url_for(".contractor_job", token=token, done=act), 303))


@bp.get("/job/<token>/photo/<public_id>/<size>")
@access(PUBLIC)
def contractor_photo(token: str, public_id: str, size: str) -> Response:
    """A photo that was chosen for the holder of this link."""
    with db() as session:
        key = photo_key_for(session, token[:LONGEST], public_id[:LONGEST], now=now())
    return _private(send_photo(key, size, cache="private, no-store"))


def _send(token: str, act: Act, form: JobForm) -> None:
    with db() as session:  # nothing is stored for a link that opens nothing
        if job_of_token(session, token, language(), now=now()) is None:
            raise LinkDead()
    photos = take_photos(form.photos.data or [])
    note = (form.note.data or "").strip()
    if act is Act.NOTE and not note and not photos:
        raise NothingSaid()
    if act is Act.NOTE and not note:
        note = _("A photo without words")
    with db() as session:
        act_by_link(session, token=token, act=act, note=note, photos=photos, policy=policy(), now=now())


def _page(token: str, *, done: str = "", refused: tuple[Act, JobForm] | None = None, status: int = 200) -> Response:
    with db() as session:
        job = job_of_token(session, token[:LONGEST], language(), now=now())
        if job is None:
            return _dead(LinkDead())
        words = _words(job, token)
        forms = _forms(job, refused)
    said = labels.event(done) if done in ACTS else None
    page = render_template("public/job.html", **words, forms=forms, done=said, parts=map_parts(Kind.HAZARD))
    return _private(make_response(page, status))


def _words(job: ContractorJob, token: str) -> dict[str, Any]:
    hazard, code = job.hazard, language()
    return {
        "token": token,
        "title": job.kind.name(code),
        "group": job.kind.group,
        "state": "safe" if hazard.made_safe_at else "open",
        "body": job.body.name(code),
        "phone": job.body.phone,
        "name": job.link.name,
        "needed": job.link.needed,
        "place": job.near,
        "reference": show_reference(hazard.reference),
        "lat": f"{hazard.label.y:.6f}",
        "lon": f"{hazard.label.x:.6f}",
        "dues": _dues(hazard, now()),
        "advice": job.kind.advice(code),
        "until": format_datetime(job.link.expires_at),
        "photos": [_photo(token, public_id) for public_id in job.photos],
        "sent": [
            {"title": labels.event(row.kind), "when": format_datetime(row.at), "note": row.note} for row in job.sent
        ],
        "waits": hazard.status == Status.FIX_REPORTED,
    }


def _dues(hazard: Hazard, moment: datetime) -> list[dict[str, Any]]:
    """Both clocks, as staff read them; a contractor who knows no deadline keeps none."""
    clocks = ((Clock.MAKE_SAFE, make_safe_words, must_be_safe_by(hazard)), (Clock.FIX, fix_words, hazard.fix_due))
    return [
        {
            "label": labels.clock(clock),
            "words": words(hazard, moment),
            "when": format_datetime(due) if due else None,
        }
        for clock, words, due in clocks
    ]


def _photo(token: str, public_id: str) -> dict[str, str]:
    where: dict[str, Any] = {"token": token, "public_id": public_id}
    return {
        "url": url_for(".contractor_photo", size="medium", **where),
        "full": url_for(".contractor_photo", size="full", **where),
    }


def _forms(job: ContractorJob, refused: tuple[Act, JobForm] | None) -> list[dict[str, Any]]:
    allowed = set(allowed_acts(job.actor, subject_of(job.hazard))) & ACTS
    if job.hazard.status == Status.FIX_REPORTED:
        allowed.discard(Act.START)  # it would take back what was just reported
    return [
        {
            "act": act.value,
            "title": str(words),
            "icon": icon,
            "kind": kind,
            "form": refused[1] if refused and refused[0] is act else _empty(act),
            "open": bool(refused and refused[0] is act),
        }
        for act, (words, icon, kind) in BUTTONS.items()
        if act in allowed or (refused and refused[0] is act)
    ]


def _empty(act: Act) -> JobForm:
    form = JobForm(formdata=None)
    for field in form:
        field.id = f"{act.value}-{field.short_name}"
        field.label.field_id = field.id
    return form


def _dead(error: DomainError) -> Response:
    page = render_template("public/job_dead.html", message=labels.error(error))
    return _private(make_response(page, status_of(error)))


def _private(response: Any) -> Response:
    """Kept by nobody, told to nobody, found by nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    made: Response = response
    return made
