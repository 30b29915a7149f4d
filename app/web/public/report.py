"""The report form, and the same by JSON from the page's script.

Decision: a form post answers with the page itself (201), not with a redirect: the receipt is secret and must not stand
in an address that a server sees. JSON comes without a cookie, vouched for by its origin (decisions §15). Photos are
stored before the action and handed on by key (decisions §22).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from flask import Response, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, MultipleFileField, RadioField, StringField, TextAreaField

from app.actions.submission import Reported
from app.domain import geo
from app.domain.errors import DomainError, NoPlace, PhotoUnreadable, TooMany
from app.domain.hazard import MAX_PHOTOS
from app.domain.hints import Hint
from app.domain.photo import PhotoFile
from app.domain.references import receipt_hash, show_receipt, show_reference
from app.i18n import gettext, language
from app.i18n import lazy_gettext as _
from app.queries import public
from app.queries.intake import questions
from app.queries.receipts import by_receipt
from app.web import hint_fields, labels
from app.web.access import PUBLIC, access
from app.web.context import db, policy, public_db
from app.web.errors import status_of
from app.web.forms import OurForm
from app.web.held import held_answer, held_said
from app.web.hint_fields import HintFields
from app.web.kept_photos import keep, kept_names
from app.web.limits import CALL, opened, with_retry
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.photos import decoded
from app.web.places import resolve_place
from app.web.public.find_place import Hits, chosen, hits, pin_at, seeks_place
from app.web.public.intake import PerhapsKnown, photos_of_expired, take_for_the_desk, take_report
from app.web.public.kinds import kinds
from app.web.public.pages import bp
from app.web.public.receipt import receipt_words
from app.web.public.sent import YES, WrongReport
from app.web.security import anonymous_form, json_intake
from app.web.typed import keeps_typed


class ReportForm(HintFields, OurForm):
    """What anybody may send. Checked for sense by the domain, not here."""

    hazard_type = RadioField(_("What is dangerous?"), validate_choice=False)
    lat = StringField(_("Latitude"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    lon = StringField(_("Longitude"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    description = TextAreaField(_("What do you see?"))
    photos = MultipleFileField(_("Photos"), render_kw={"accept": "image/*", "multiple": True})
    someone_hurt = BooleanField(_("Somebody is hurt, stuck or drowning"))
    client_id = HiddenField()
    opened = HiddenField()
    geometry = HiddenField()
    website = StringField("Website", render_kw={"autocomplete": "off", "tabindex": "-1"})


@bp.get("/report")
@access(PUBLIC)
def report() -> ResponseReturnValue:
    """The form; the address may bring a `type`, the pin (`place`, or `lat` and `lon`) and the map's zoom (`z`)."""
    form = ReportForm(data={"hazard_type": request.args.get("type", "")[:40]}, formdata=None)
    form.client_id.data = str(uuid4())
    form.opened.data = opened()
    return _page(form, place_label=_put_pin(form))


def _expired() -> ResponseReturnValue:
    """A form without token that no header vouches for: shown again; but words for the desk are held all the same."""
    if held := _held():
        return held
    form = ReportForm()
    kept = [*kept_names(request.form), *keep(photos_of_expired(_files))]
    form.form_errors = [labels.form_kept(photos=bool(kept))]
    return _page(form, kept), 403


def _held() -> Response | None:
    """The answer to words for the desk, before anything of the form is shown again or stored; None for all others. The
    place that was just chosen goes with them.
    """
    sent = request.form.copy()
    if place := chosen(sent):
        sent["lat"], sent["lon"] = map(str, place[:2])
    try:
        held = take_for_the_desk(sent, _files)
    except WrongReport as wrong:
        raise wrong.first from wrong
    return held_answer(held) if held else None


def _files() -> list[Any]:
    return list(request.files.getlist("photos"))


@bp.post("/report")
@access(PUBLIC)
@json_intake
@anonymous_form
@keeps_typed(_expired)
def send_report() -> ResponseReturnValue:
    """Take the report in: 201 with the answer, 200 for the same again, 4xx with what is wrong and what was typed."""
    if request.is_json:
        return _by_script()
    form = ReportForm()
    if seeks_place(request.form):
        return _with_place(form)
    try:
        made = take_report(request.form, _files, ask=True)
    except PerhapsKnown as near:
        return _is_it_this_one(near)
    except WrongReport as wrong:
        if wrong.desk:
            raise wrong.first from wrong
        for name, error in wrong.errors:
            _say(form, name, error, wrong.photos)
        return _refused(_page(form, _kept(form, wrong)), wrong)
    if made.held:
        return held_answer(made)
    return _answer(made), 201 if made.created else 200


def _with_place(form: ReportForm) -> ResponseReturnValue:
    """The form as it was, with the places that were found, or the pin at the chosen one."""
    if held := _held():
        return held
    place = chosen(request.form)
    kept = [*kept_names(request.form), *keep(photos_of_expired(_files))][:MAX_PHOTOS]
    if place is None:
        return _page(form, kept, found=hits(request.form.get("find", "")))
    return _page(form, kept, place_label=_pin(form, *place))


def _kept(form: ReportForm, wrong: WrongReport) -> list[str]:
    """The photos for the next try. In a flood as many as unsent forms may bring; where none may, it is said."""
    photos = photos_of_expired(_files) if wrong.unread else wrong.photos
    if wrong.unread and not photos and any(_files()):
        form.photos.errors = [gettext("Your photos were not kept. Choose them again before you send.")]
    return [*kept_names(request.form), *keep(photos)][:MAX_PHOTOS]


def _say(form: ReportForm, name: str, error: DomainError, photos: Sequence[PhotoFile]) -> None:
    """One sentence at its field. Where no pin was put and a photo knows its place, it is put there and asked about."""
    sentence = labels.error(error)
    taken = next((p.camera_place for p in photos if p.camera_place and _in_bounds(*p.camera_place)), None)
    if isinstance(error, NoPlace) and taken:
        form.lat.data, form.lon.data = (f"{number:.6f}" for number in taken)
        sentence = gettext("Your photo says that it is here. Is that right? Check the pin, then send.")
    if name in form:
        form[name].errors = [*dict.fromkeys([*form[name].errors, sentence])]
    else:
        form.form_errors = [sentence]


def _in_bounds(lat: float, lon: float) -> bool:
    try:
        geo.point(lon, lat, policy().bounds)
    except DomainError:
        return False
    return True


def _by_script() -> ResponseReturnValue:
    """`ask` is sent by who can be asked, a person at the form: 200 with the hazards `near`, and the photos as `kept`
    (not to be uploaded twice), takes nothing in. An outbox never asks.
    """
    try:
        body = request.get_json()
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        return jsonify(error="bad_request", message=gettext("The report could not be read.")), 400
    try:
        made = take_report(body, lambda: decoded(body.get("photos") or []), ask=body.get("ask") in YES)
    except PerhapsKnown as near:
        return jsonify(near=near.near, kept=keep(near.photos))
    except WrongReport as wrong:
        told = [_told(name, error) for name, error in wrong.errors]
        call = {"call": CALL} if isinstance(wrong.first, TooMany) else {}
        return _refused(jsonify(error=wrong.first.code, **told[0], errors=told, **call), wrong)
    reference = show_reference(made.reference)
    receipt = show_receipt(made.receipt) if made.receipt else None
    answer = {
        "reference": reference,
        "receipt": receipt,
        "receipt_url": f"{url_for('public.receipt')}#{receipt}" if receipt else None,
        "hazard_url": url_for("public.hazard", reference=reference),
        "held": made.held,
        **(held_said() if made.held else {}),
    }
    return jsonify(answer), 201 if made.created else 200


def _told(name: str, error: DomainError) -> dict[str, str]:
    """One refusal for a script; `photo`: the name of the one that cannot be read, where it came with one."""
    photo = {"photo": str(error.values["name"])} if isinstance(error, PhotoUnreadable) and error.values else {}
    return {"field": name, "message": labels.error(error), **photo}


def _refused(said: Response | str, wrong: WrongReport) -> Response:
    """The answer to what is wrong, with its status; whoever sends too many is told when to come again."""
    response = make_response(said, status_of(wrong.first))
    return with_retry(response) if isinstance(wrong.first, TooMany) else response


def _is_it_this_one(known: PerhapsKnown) -> str:
    """The question before a report without script is taken in; all that was typed goes along, photos by their keys."""
    left_out = {"joins", "not_these", "kept", "photos"}
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in left_out]
    return render_template("public/same.html", near=known.near, fields=fields, kept=keep(known.photos))


def _page(form: ReportForm, kept: Sequence[str] = (), place_label: str | None = None, found: Hits | None = None) -> str:
    with db() as session:
        known = questions(session)
    with public_db() as session:
        hint_fields.offer(form, public.signs(session, language(), known.sign_kinds))
    offered = kinds()
    form.hazard_type.choices = offered.codes
    return render_template(
        "public/report.html",
        form=form,
        kept=kept,
        parts=map_parts(Kind.PICK),
        kinds=offered,
        chosen=form.hazard_type.data,
        questions=_questions(form, known.asked),
        view=_view(),
        place_label=place_label,
        found=found,
    )


def _questions(form: ReportForm, asked: Mapping[str, tuple[Hint, ...]]) -> list[dict[str, Any]]:
    """What may be asked: the field with its question, and the kinds of hazards that ask it, by which a script hides."""
    found = []
    for hint in Hint:
        kinds = [code for code, hints in asked.items() if hint in hints]
        form[hint.value].label.text = labels.hint_question(hint)
        if kinds:
            found.append({"field": form[hint.value], "kinds": kinds})
    return found


def _view() -> tuple[float | None, float | None, int | None]:
    """Where the map opens, when the address says it well."""
    place = pin_at(request.args.get("lat"), request.args.get("lon"))
    return (*place, request.args.get("z", type=int)) if place else (None, None, None)


def _put_pin(form: ReportForm) -> str | None:
    """Put the pin where `place` of the address (a poster's code) says, and give its name; else where its numbers do."""
    found = resolve_place(request.args.get("place", "")[:200]) if request.args.get("place") else None
    if found is not None:
        return _pin(form, found[0], found[1], found[3])
    place = pin_at(request.args.get("lat"), request.args.get("lon"))
    return _pin(form, *place, ", ".join(f"{number:.5f}" for number in place)) if place else None


def _pin(form: ReportForm, lat: float, lon: float, name: str) -> str:
    form.lat.data, form.lon.data = f"{lat:.6f}", f"{lon:.6f}"
    return name


def _answer(made: Reported) -> str:
    if made.receipt is None:
        return render_template("public/sent.html", r=None, reference=show_reference(made.reference))
    with db() as session:
        view = by_receipt(session, receipt_hash(made.receipt))
        assert view is not None  # noqa: S101 - made in the transaction before
        words = receipt_words(view, made.receipt)
    return render_template("public/sent.html", reference=show_reference(made.reference), **words)
