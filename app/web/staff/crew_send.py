"""What a crew does, sent by a form, or by the script of its page as JSON, perhaps long after.

Decision: JSON without a token, vouched for by its origin like a report's: a token of a page that was kept on a
telephone for a day is over. It names the account that did it (`by`), so that whoever signs in next on the same device
sends nothing as their own. The answers: 200 with the version before and after, 409 with what has changed, 4xx with the
sentence of the rule that refused. Both ways end in `act_once`, and so in the one action of all acts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from app import i18n
from app.actions.crew_jobs import Done, act_once
from app.domain.claimed import Claim
from app.domain.errors import BadClientId, DomainError, HazardNotFound, NothingSaid, OtherPerson, StaleVersion
from app.domain.lifecycle import Act
from app.domain.permissions import Permission
from app.domain.photo import PhotoFile
from app.domain.references import show_reference
from app.i18n import gettext as _
from app.queries.staff import hazard_for_staff, once_had, visible_hazard
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now, policy
from app.web.errors import status_of
from app.web.photos import decoded, take_photos
from app.web.security import json_intake
from app.web.sent import number_or_0, reference_or_404
from app.web.staff import acts
from app.web.staff.crew import bp, device_key, job_page
from app.web.staff.crew_words import BUTTONS, done_words, gone_words, last_seen
from app.web.staff.words import event_words
from app.web.typed import keeps_typed, typed_words

WORDS = ("note", "reason", "measure", "materials", "version", "seen", "device_lat", "device_lon", "device_time")
ACTS = ", ".join(BUTTONS)
Photos = Sequence[PhotoFile]


@dataclass(frozen=True)
class Sent:
    """Photos of what was done and of how it was; the device's id of the act, and its word of when it was done."""

    photos: Photos
    before: Photos
    client_id: UUID
    claim: Claim | None = None


def _expired(reference: str, act: str) -> ResponseReturnValue:
    code, wanted = reference_or_404(reference), Act(act)
    try:
        form = _form(code, wanted, request.form)
        form.form_errors = [labels.form_kept(photos=False)]
        return _again(code, wanted, form), 403
    except HazardNotFound:
        return _gone(code)


@bp.post(f"/<reference>/<any({ACTS}):act>")
@access(Permission.WORK)
@json_intake
@keeps_typed(_expired)
def act(reference: str, act: str) -> ResponseReturnValue:
    """Do one act of a crew."""
    code, wanted = reference_or_404(reference), Act(act)
    return _by_script(code, wanted) if request.is_json else _by_form(code, wanted)


def _by_form(code: str, wanted: Act) -> ResponseReturnValue:
    try:
        form = _form(code, wanted, CombinedMultiDict([request.files, request.form]))
        if not form.validate():
            return _again(code, wanted, form), 422
        return _do_form(code, wanted, form)
    except HazardNotFound:
        return _gone(code)


def _do_form(code: str, wanted: Act, form: acts.ActForm) -> ResponseReturnValue:
    try:
        photos, before = take_photos(form.photos.data or []), take_photos(form.before.data or [])
        done = _do(code, wanted, form, Sent(photos, before, _client_id(request.form.get("client_id"))))
    except HazardNotFound:
        raise
    except DomainError as error:
        return _again(code, wanted, form, error), 409 if isinstance(error, StaleVersion) else 422
    flash(done_words(wanted, done.status, done.doubt), "success")
    where = url_for("crew.index") if wanted is Act.RETURN_WORK else _page_of(code)
    return redirect(where, 303)


def _by_script(code: str, wanted: Act) -> ResponseReturnValue:
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadClientId()
    if body.get("by") != device_key():
        raise OtherPerson()
    words = MultiDict({name: str(body[name]) for name in WORDS if body.get(name) not in (None, "")})
    try:
        return _do_json(code, wanted, body, _form(code, wanted, words))
    except HazardNotFound:
        return _gone_json(code)


def _do_json(code: str, wanted: Act, body: dict[str, Any], form: acts.ActForm) -> ResponseReturnValue:
    wrong = [str(text) for name in WORDS if not form[name].validate(form) for text in form[name].errors]
    if wrong:
        return jsonify(error="bad_choice", message=" ".join(wrong)), 422
    try:
        photos, before = (take_photos(decoded(body.get(name) or [])) for name in ("photos", "before"))
        sent = Sent(photos, before, _client_id(body.get("client_id")), _claim(body))
        done = _do(code, wanted, form, sent)
    except StaleVersion as error:
        return jsonify(error=error.code, message=labels.error(error), **_news(code, form)), 409
    message = done_words(wanted, done.status, done.doubt)
    return jsonify(version=done.version, before=done.before, again=done.again, message=message, url=_page_of(code))


def _do(code: str, wanted: Act, form: acts.ActForm, sent: Sent) -> Done:
    if wanted is Act.NOTE and not (form.note.data or "").strip():
        form.note.data = _only_photos(sent.photos)
    with db() as session:
        shown = visible_hazard(session, actor=actor(), reference=code)
        return act_once(
            session,
            by=actor(),
            client_id=sent.client_id,
            claim=sent.claim,
            reference=code,
            act=wanted,
            version=number_or_0(form.version.data),
            seen=number_or_0(form.seen.data),
            given=acts.given_by(form, session, shown),
            policy=policy(),
            now=now(),
            photos=sent.photos,
            before=sent.before,
        )


def _only_photos(photos: Photos) -> str:
    """The words of a photo without words. Raises NothingSaid where there is neither."""
    if not photos:
        raise NothingSaid()
    return _("A photo without words")


def _form(code: str, wanted: Act, sent: Any) -> acts.ActForm:
    """Raises HazardNotFound for what the actor may not see or work on."""
    with db() as session:
        hazard = visible_hazard(session, actor=actor(), reference=code)
        if not actor().may(Permission.WORK, body_id=hazard.body_id):
            raise HazardNotFound(reference=code)
        return acts.act_form(wanted, hazard, acts.Choices((), ()), seen=0, sent=sent)


def _again(code: str, wanted: Act, form: acts.ActForm, error: DomainError | None = None) -> str:
    """The page with the refused form in it, open, all that was typed in place."""
    if error is not None:
        form.form_errors = [labels.error(error)]
    with db() as session:
        page = hazard_for_staff(session, actor=actor(), reference=code, language=i18n.language())
        news: list[dict[str, Any]] = []
        if isinstance(error, StaleVersion):
            news = [event_words(event) for event in page.events if event.id > number_or_0(form.seen.data)]
            form.version.data, form.seen.data = str(page.hazard.version), str(last_seen(page))
        return job_page(session, page, refused=(wanted, form), news=news)


def _news(code: str, form: acts.ActForm) -> dict[str, Any]:
    """What has changed since the device looked, and the version to go on from."""
    with db() as session:
        page = hazard_for_staff(session, actor=actor(), reference=code, language=i18n.language())
        seen = number_or_0(form.seen.data)
        lines = [event_words(event) for event in page.events if event.id > seen]
        shown = [{name: line[name] for name in ("title", "when", "who", "note")} for line in lines]
        return {"news": shown, "version": page.hazard.version, "seen": last_seen(page)}


def _gone(code: str) -> ResponseReturnValue:
    """What was typed, for whoever has just lost the hazard; a 404 for whoever never had it."""
    with db() as session:
        if not once_had(session, actor=actor(), reference=code):
            raise HazardNotFound(reference=code)
    return render_template("staff/gone.html", reference=show_reference(code), typed=typed_words()), 409


def _gone_json(code: str) -> ResponseReturnValue:
    with db() as session:
        if not once_had(session, actor=actor(), reference=code):
            raise HazardNotFound(reference=code)
    return jsonify(error="gone", message=gone_words(), gone=True), status_of(StaleVersion())


def _client_id(sent: Any) -> UUID:
    """The device's id of the act; none makes one of its own, nonsense is refused: its repeat would be a second act."""
    if sent in (None, ""):
        return uuid4()
    try:
        return UUID(str(sent))
    except ValueError:
        raise BadClientId() from None


def _claim(body: dict[str, Any]) -> Claim | None:
    """When it was done, by the device; nonsense is no claim, and no reason to refuse work that was done."""
    try:
        done_at, sent_at = (datetime.fromisoformat(str(body.get(name))) for name in ("done_at", "sent_at"))
    except ValueError:
        return None
    return Claim(done_at, sent_at) if done_at.tzinfo and sent_at.tzinfo else None


def _page_of(code: str) -> str:
    return url_for("crew.job", reference=show_reference(code))
