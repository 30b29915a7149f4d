"""The small form of each act: just the fields that its line in the lifecycle table asks for.

Decision: one class with all fields, of which a page shows the act's own. Turned down: eighteen classes of two fields.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shapely.geometry import Point
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app import i18n
from app.actions.changes import Correction
from app.actions.hazards import INTERNAL
from app.domain import geo
from app.domain.errors import DomainError, HalfPlace, HazardNotFound, SameHazard
from app.domain.hazard import HoldReason, Measure, RejectReason
from app.domain.hints import parse_hints
from app.domain.lifecycle import RULES, Act, Given, Need
from app.domain.proof import Device
from app.domain.references import parse_reference
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.models import Hazard
from app.queries.bodies import active_bodies, answering_there
from app.queries.crews import crews_of, workers_of
from app.queries.names import body_choices
from app.queries.staff import hazard_id, reportable_types
from app.web import hint_fields, labels
from app.web.context import now, policy
from app.web.forms import OurForm, day_between
from app.web.hint_fields import HintFields
from app.web.staff.question_fields import as_question, reporter_choices

FIELDS: dict[Need, tuple[str, ...]] = {
    Need.MEASURE: ("measure",),
    Need.REJECT_REASON: ("reject_reason",),
    Need.HOLD_REASON: ("hold_reason",),
    Need.DATE: ("planned_for",),
    Need.BODY: ("body_id",),
    Need.HAZARD: ("duplicate_of",),
    Need.PLACE_OR_TYPE: ("hazard_type", "lat", "lon"),
    Need.REASON: ("reason",),
    Need.NOTE: ("note",),
    Need.PHOTO: ("photos",),
    Need.CREW: ("crew",),
}
MAY_HAVE: dict[Act, tuple[str, ...]] = {
    Act.ACCEPT: ("note",),
    Act.PLAN: ("note",),
    Act.START: ("note",),
    Act.HOLD: ("reason",),
    Act.MAKE_SAFE: ("note", "before", "materials"),
    Act.INSPECT: ("note",),
    Act.FIX: ("before", "materials"),
    Act.REPORT_FIX: ("before", "materials"),
    Act.CONFIRM_FIX: ("note",),
    Act.CONFIRM_NOT_FOUND: ("note", "photos"),
    Act.CONFIRM_HAND_OVER: ("note",),
    Act.CONFIRM_DUPLICATE: ("note",),
    Act.NOTE: ("photos",),
    Act.HAND_OVER: ("photos",),
    Act.CORRECT: (*hint_fields.NAMES, "anew"),
    Act.ASSIGN_WORK: ("note",),
    Act.ASK: ("asked", "stops_clock"),
}
PLAN_AHEAD = timedelta(days=5 * 366)
CLOSING = frozenset({Act.FIX, Act.CONFIRM_FIX, Act.MAKE_SAFE, Act.INSPECT})
MATERIALS_MAX = 500


def _plan_days() -> tuple[date, date]:
    today = policy().day(now())
    return today, today + PLAN_AHEAD


class ActForm(HintFields, OurForm):
    """`version` and `seen`: what the actor had before them (the hazard's version and its last event)."""

    version = HiddenField()
    seen = HiddenField()
    measure = SelectField(_("What makes it safe now"), [Optional()])
    reject_reason = SelectField(_("Reason"), [Optional()])
    hold_reason = SelectField(_("What the work waits for"), [Optional()])
    planned_for = DateField(_("Day of the work"), [Optional(), day_between(_plan_days)])
    body_id = SelectField(_("Organisation"), [Optional()])
    crew = SelectField(_("Crew or person"), [Optional()])
    duplicate_of = StringField(_("Number of the other hazard"), [Optional()])
    hazard_type = SelectField(_("Kind of hazard"), [Optional()])
    lat = StringField(_("Latitude"), [Optional()])
    lon = StringField(_("Longitude"), [Optional()])
    asked = SelectField(_("Who is asked"), [Optional()])
    reason = TextAreaField(_("Reason in words"), [Optional()])
    note = TextAreaField(_("Note"), [Optional()])
    photos = MultipleFileField(_("Photos"))
    before = MultipleFileField(_("Photos of how it was before"))
    materials = StringField(_("Materials used (only for your organisation)"), [Optional(), Length(max=MATERIALS_MAX)])
    anew = BooleanField(_("Judge the danger anew by what stands here now"))
    stops_clock = BooleanField(_("Stop the time for the fix until the answer comes"))
    device_lat = HiddenField()
    device_lon = HiddenField()
    device_time = HiddenField()
    public = BooleanField(_("Everybody may read these words (no names, no phone numbers)"))


_OWN = tuple(ActForm.__dict__)
_ORDER = (*_OWN[: _OWN.index("reason")], *hint_fields.NAMES, *_OWN[_OWN.index("reason") :])
"""Fields as a page shows them."""


@dataclass(frozen=True)
class Choices:
    """What the lists of the forms hold, read once for all forms of a page."""

    bodies: Sequence[tuple[int, str]]
    types: Sequence[tuple[str, str, str]]
    signs: Sequence[tuple[str, str]] = ()
    workers: Sequence[tuple[str, str]] = ()
    reporters: Sequence[tuple[str, str]] = ()
    there: Collection[int] = ()
    """Bodies that answer for something at the hazard's place; nobody where no single place is meant."""


def read_choices(
    session: Session, body_id: int | None, *, hazard_id: int | None = None, area_id: int | None = None
) -> Choices:
    """`body_id`: whose crews and people are offered; `hazard_id`: whose reporters may be asked; `area_id`: where it
    is.
    """
    language = i18n.language()
    return Choices(
        active_bodies(session, language),
        reportable_types(session, language),
        body_choices(session, language),
        _workers(session, body_id) if body_id is not None else (),
        reporter_choices(session, hazard_id) if hazard_id is not None else (),
        answering_there(session, area_id=area_id, day=policy().day(now())),
    )


def _offer_bodies(form: ActForm, act: Act, hazard: Hazard, choices: Choices) -> None:
    """Who answers for something at the place stands first; the others are offered under a heading that says so."""
    others = [(key, name) for key, name in choices.bodies if act is Act.ARBITRATE or key != hazard.body_id]
    here = [(str(key), name) for key, name in others if key in choices.there]
    elsewhere = [(str(key), name) for key, name in others if key not in choices.there]
    first = ("", labels.choose())
    if not here or not elsewhere:
        form.body_id.choices = [first, *here, *elsewhere]
        return
    form.body_id.choices = {gettext("Answer for this place"): [first, *here], gettext("Elsewhere"): elsewhere}
    form.body_id.description = gettext(
        "The ones under “Elsewhere” answer for nothing at this place: they will most likely send it back, and the"
        " clocks run on meanwhile."
    )


def _workers(session: Session, body_id: int) -> Sequence[tuple[str, str]]:
    crews = [(f"crew:{crew.id}", crew.name) for crew in crews_of(session, body_id)]
    return crews + [(f"person:{account.id}", account.name) for account in workers_of(session, body_id)]


def act_form(act: Act, hazard: Hazard, choices: Choices, *, seen: int, sent: MultiDict[str, object] | None) -> ActForm:
    """The form of `act`, filled with what was sent or with what is."""
    form = ActForm(formdata=sent, data=None if sent is not None else _as_it_is(act, hazard, seen))
    nothing = ("", labels.choose())
    form.measure.choices = [nothing, *((each.value, labels.measure(each)) for each in Measure)]
    form.hold_reason.choices = [nothing, *((each.value, labels.hold_reason(each)) for each in HoldReason)]
    form.reject_reason.choices = [nothing, *((each.value, labels.reject_reason(each)) for each in RejectReason)]
    _offer_bodies(form, act, hazard, choices)
    form.crew.choices = [nothing, *choices.workers]
    if act is Act.HOLD:
        form.hold_reason.description = gettext(
            "No clock stops while it is on hold: the times to make it safe and to fix it run on. "
            "Only a question to the person who reported it can stop the time to fix it."
        )
    as_question(form, act, choices.reporters, policy())
    form.hazard_type.choices = [(code, name) for code, _group, name in choices.types]
    hint_fields.offer(form, choices.signs)
    for field in form:
        field.id = f"{act.value}-{field.short_name}"
        field.label.field_id = field.id
    for name in needed_fields(act):
        form[name].flags.required = True
    return form


def needed_fields(act: Act) -> list[str]:
    return [name for need in RULES[act].needs for name in FIELDS[need]]


def shown_fields(act: Act) -> list[str]:
    """Names of the fields of `act`, in the order of the page: what is needed, then what may be."""
    names = {*needed_fields(act), *MAY_HAVE.get(act, ())}
    if names & {"note", "reason"} and act not in INTERNAL:
        names.add("public")
    return [name for name in _ORDER if name in names]


def given_by(form: ActForm, session: Session, hazard: Hazard) -> Given:
    """What the form brings to the table for `hazard`. Raises BadReference, HazardNotFound, SameHazard."""
    other = None
    if form.duplicate_of.data:
        other = hazard_id(session, parse_reference(form.duplicate_of.data))
        if other == hazard.id:
            raise SameHazard()
        if other is None:
            raise HazardNotFound(reference="")
    return Given(
        note=form.note.data or "",
        reason=form.reason.data or "",
        measure=Measure(form.measure.data) if form.measure.data else None,
        reject_reason=RejectReason(form.reject_reason.data) if form.reject_reason.data else None,
        planned_for=form.planned_for.data,
        body_id=int(form.body_id.data) if form.body_id.data else None,
        other_hazard_id=other,
        hold_reason=HoldReason(form.hold_reason.data) if form.hold_reason.data else None,
        materials=form.materials.data or "",
        device=_device(form),
        crew_id=_chosen(form, "crew"),
        assignee_id=_chosen(form, "person"),
        asked_report=int(form.asked.data) if form.asked.data else None,
        stops_clock=bool(form.stops_clock.data),
    )


def _device(form: ActForm) -> Device | None:
    """Where the device says it is; None where it says nothing, or nonsense: then it proves nothing."""
    if not (form.device_lat.data and form.device_lon.data):
        return None
    try:
        lat, lon = (geo.parse_degrees(typed) for typed in (form.device_lat.data, form.device_lon.data))
        spot = geo.point(lon, lat, policy().bounds)
        at = datetime.fromisoformat(form.device_time.data) if form.device_time.data else None
    except (DomainError, ValueError):
        return None
    return Device((spot.y, spot.x), at if at is None or at.tzinfo else None)


def _chosen(form: ActForm, kind: str) -> int | None:
    """The number of the crew or person that was chosen."""
    chosen, _sign, number = str(form.crew.data or "").partition(":")
    return int(number) if chosen == kind and number.isdecimal() else None


def correction_by(form: ActForm, hazard: Hazard) -> Correction:
    """Only what differs from what is. Raises BadCoordinates, OutOfBounds, HalfPlace."""
    changed: Point | None = None
    if bool(form.lat.data) != bool(form.lon.data):
        raise HalfPlace()
    if form.lat.data and form.lon.data and (form.lat.data, form.lon.data) != _degrees(hazard):
        lon, lat = geo.parse_degrees(form.lon.data), geo.parse_degrees(form.lat.data)
        changed = geo.point(lon, lat, policy().bounds)
    kind = form.hazard_type.data
    other = kind if kind and kind != hazard.hazard_type else None
    return Correction(changed, other, _other_hints(form, hazard), bool(form.anew.data))


def _other_hints(form: ActForm, hazard: Hazard) -> dict[str, str] | None:
    """What was seen, where the form holds these fields and says otherwise. Raises BadHint."""
    if not form.network.raw_data:
        return None
    seen = parse_hints(hint_fields.given(form))
    return seen if seen != hazard.hints else None


def _as_it_is(act: Act, hazard: Hazard, seen: int) -> dict[str, object]:
    shown: dict[str, object] = {"version": hazard.version, "seen": seen}
    if act is Act.CORRECT:
        lat, lon = _degrees(hazard)
        shown |= {"hazard_type": hazard.hazard_type, "lat": lat, "lon": lon, **hazard.hints}
    return shown


def _degrees(hazard: Hazard) -> tuple[str, str]:
    return f"{hazard.label.y:.6f}", f"{hazard.label.x:.6f}"
