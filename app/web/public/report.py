"""The report form, and the same by JSON from the page's script.

Decision: a form post answers with the page itself (201), not with a redirect: the receipt is secret and must not stand
in an address that a server sees. JSON comes without a cookie, vouched for by its origin (decisions §15). Photos are
stored before the action and handed on by key (decisions §22).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, MultipleFileField, RadioField, StringField, TextAreaField

from app.actions.reports import Reported, Submission, report_hazard
from app.domain import geo
from app.domain.errors import (
    BadClientId,
    BadCoordinates,
    BadGeometry,
    BadHint,
    DomainError,
    NoPlace,
    NotReportable,
    NotText,
    OutOfBounds,
    PhotoUnreadable,
    TooManyPhotos,
    UnknownHazardType,
)
from app.domain.hazard import MAX_PHOTOS
from app.domain.hints import Hint, parse_hints
from app.domain.photo import PhotoFile
from app.domain.references import receipt_hash, show_receipt, show_reference
from app.domain.text import clean
from app.i18n import gettext, language
from app.i18n import lazy_gettext as _
from app.queries import public
from app.queries.intake import questions
from app.queries.receipts import by_receipt
from app.web import hint_fields, labels
from app.web.access import PUBLIC, access
from app.web.context import db, now, policy, public_db
from app.web.errors import status_of
from app.web.forms import OurForm
from app.web.hint_fields import HintFields
from app.web.map import Kind
from app.web.map_parts import map_parts
from app.web.photos import take_photos
from app.web.public.pages import bp
from app.web.public.receipt import receipt_words
from app.web.security import json_intake
from app.web.typed import keeps_typed

TYPE_CODE = re.compile(r"[A-Z][A-Z_]{0,39}")
FIRST = ("MANHOLE_OPEN", "POWER_LINE_HAZARD", "WATER_UNGUARDED")
FIELD_OF = {
    BadCoordinates: "lat",
    BadGeometry: "lat",
    OutOfBounds: "lat",
    UnknownHazardType: "hazard_type",
    NotReportable: "hazard_type",
    TooManyPhotos: "photos",
    PhotoUnreadable: "photos",
    NotText: "description",
}


class WrongReport(Exception):
    """All that is wrong with a report: (name of the field, or "" for the whole, and the refusal)."""

    def __init__(self) -> None:
        self.errors: list[tuple[str, DomainError]] = []

    @property
    def first(self) -> DomainError:
        return self.errors[0][1]

    def tried(self, field: str | None, make: Callable[[], Any]) -> Any:
        """What `make` gives, or None after noting its refusal at `field` (None: the refusal knows where)."""
        try:
            return make()
        except DomainError as error:
            self.errors.append((_field_of(error) if field is None else field, error))
            return None


class ReportForm(HintFields, OurForm):
    """What anybody may send. Checked for sense by the domain, not here."""

    hazard_type = RadioField(_("What is dangerous?"), validate_choice=False)
    lat = StringField(_("Latitude"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    lon = StringField(_("Longitude"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    description = TextAreaField(_("What do you see?"))
    photos = MultipleFileField(_("Photos"), render_kw={"accept": "image/*"})
    someone_hurt = BooleanField(_("Somebody is hurt or was hurt here"))
    client_id = HiddenField()


@bp.get("/report")
@access(PUBLIC)
def report() -> ResponseReturnValue:
    """The form; the address may bring a kind (`type`) and where the map opens (`lat`, `lon`, `z`), not the pin."""
    form = ReportForm(data={"hazard_type": request.args.get("type", "")[:40]}, formdata=None)
    form.client_id.data = str(uuid4())
    return _page(form)


def _expired() -> ResponseReturnValue:
    form = ReportForm()
    form.form_errors = [labels.form_kept()]
    return _page(form), 403


@bp.post("/report")
@access(PUBLIC)
@json_intake
@keeps_typed(_expired)
def send_report() -> ResponseReturnValue:
    """Take the report in: 201 with the answer, 200 for the same again, 4xx with what is wrong and what was typed."""
    if request.is_json:
        return _by_script()
    form = ReportForm()
    try:
        made = _report(request.form, lambda: list(request.files.getlist("photos")))
    except WrongReport as wrong:
        for name, error in wrong.errors:
            if name:
                form[name].errors = [*form[name].errors, labels.error(error)]
            else:
                form.form_errors = [labels.error(error)]
        return _page(form), status_of(wrong.first)
    return _answer(made), 201 if made.created else 200


def _by_script() -> ResponseReturnValue:
    try:
        body = request.get_json()
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        return jsonify(error="bad_request", message=gettext("The report could not be read.")), 400
    try:
        made = _report(body, lambda: _decoded(body.get("photos") or []))
    except WrongReport as wrong:
        told = [{"field": name, "message": labels.error(error)} for name, error in wrong.errors]
        return jsonify(error=wrong.first.code, **told[0], errors=told), status_of(wrong.first)
    reference = show_reference(made.reference)
    receipt = show_receipt(made.receipt) if made.receipt else None
    answer = {
        "reference": reference,
        "receipt": receipt,
        "receipt_url": f"{url_for('public.receipt')}#{receipt}" if receipt else None,
        "hazard_url": url_for("public.hazard", reference=reference),
    }
    return jsonify(answer), 201 if made.created else 200


def _report(sent: Any, photos: Callable[[], list[Any]]) -> Reported:
    """Take in what was sent; raises WrongReport with all that is wrong, so that nobody corrects one by one."""
    wrong = WrongReport()
    kind = wrong.tried("hazard_type", lambda: _type_code(sent.get("hazard_type")))
    place = _place(sent, wrong)
    words = wrong.tried("description", lambda: clean(_text(sent.get("description"))))
    kept = wrong.tried("photos", lambda: _photos(photos()))
    hints = wrong.tried(None, lambda: parse_hints(hint_fields.sent(sent)))
    client_id = wrong.tried("", lambda: _client_id(sent.get("client_id")))
    if wrong.errors:
        raise wrong
    submission = Submission(
        client_id=client_id,
        hazard_type=kind,
        geometry=place,
        text=words,
        language=language(),
        someone_hurt=sent.get("someone_hurt") in (True, "y", "on", "true"),
        photos=kept,
        hints=hints,
    )
    try:
        with db() as session:
            return report_hazard(session, submission=submission, policy=policy(), now=now())
    except DomainError as error:
        wrong.errors.append((_field_of(error), error))
        raise wrong from error


def _place(sent: Any, wrong: WrongReport) -> Any:
    """The pin; each of the two numbers is named for itself, a pin that was never put is one thing that is missing."""
    if not (sent.get("lat") or sent.get("lon")):
        wrong.errors.append(("lat", NoPlace()))
        return None
    lat = wrong.tried("lat", lambda: geo.parse_degrees(sent.get("lat")))
    lon = wrong.tried("lon", lambda: geo.parse_degrees(sent.get("lon")))
    if lat is None or lon is None:
        return None
    bounds = policy().bounds
    only_lon = bounds.south <= lat <= bounds.north
    return wrong.tried("lon" if only_lon else "lat", lambda: geo.point(lon, lat, bounds))


def _photos(photos: list[Any]) -> tuple[PhotoFile, ...]:
    if len([photo for photo in photos if photo]) > MAX_PHOTOS:
        raise TooManyPhotos(limit=MAX_PHOTOS)
    return take_photos(photos)


def _field_of(error: DomainError) -> str:
    """The field that an error of the action is about; none for the whole form."""
    if isinstance(error, BadHint):
        return str(error.values["hint"])
    return FIELD_OF.get(type(error), "description" if "text" in error.code else "")


def _type_code(sent: Any) -> str:
    """A code that may be looked up; what no code can be is unknown, before the database is asked."""
    if not isinstance(sent, str) or not TYPE_CODE.fullmatch(sent):
        raise UnknownHazardType(hazard_type="")
    return sent


def _client_id(sent: Any) -> UUID:
    """The sender's id; none is a report of its own, nonsense is refused: its repeat would be a second report."""
    if sent in (None, ""):
        return uuid4()
    try:
        return UUID(sent)
    except (ValueError, TypeError, AttributeError):
        raise BadClientId() from None


def _text(sent: Any) -> str:
    if sent is not None and not isinstance(sent, str):
        raise NotText()
    return sent or ""


def _decoded(photos: Any) -> list[bytes]:
    if not isinstance(photos, list):
        raise PhotoUnreadable()
    try:
        return [base64.b64decode(str(photo), validate=True) for photo in photos]
    except (binascii.Error, ValueError):
        raise PhotoUnreadable() from None


def _page(form: ReportForm) -> str:
    with db() as session:
        known = questions(session)
    with public_db() as session:
        types = list(public.types(session, language(), every=True))
        hint_fields.offer(form, public.signs(session, language(), known.sign_kinds))
    common = [row for code in FIRST for row in types if row.code == code]
    groups: dict[str, list[Any]] = {}
    for row in types:
        if row.code not in FIRST:
            groups.setdefault(row.type_group, []).append(row)
    form.hazard_type.choices = [(row.code, row.name) for row in types]
    return render_template(
        "public/report.html",
        form=form,
        parts=map_parts(Kind.PICK),
        common=common,
        groups=[(code, labels.group(code), rows) for code, rows in groups.items()],
        chosen=form.hazard_type.data,
        questions=_questions(form, known.asked),
        view=_view(),
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
    try:
        place = geo.point(geo.parse_degrees(request.args.get("lon")), geo.parse_degrees(request.args.get("lat")))
    except DomainError:
        return None, None, None
    return place.y, place.x, request.args.get("z", type=int)


def _answer(made: Reported) -> str:
    if made.receipt is None:
        return render_template("public/sent.html", r=None, reference=show_reference(made.reference))
    with db() as session:
        view = by_receipt(session, receipt_hash(made.receipt))
        assert view is not None  # noqa: S101 - made in the transaction before
        words = receipt_words(view, made.receipt)
    return render_template("public/sent.html", reference=show_reference(made.reference), **words)
