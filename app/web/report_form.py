"""The form by which staff log a hazard for somebody: on patrol or by phone. The forms check shape, the domain sense."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from wtforms import BooleanField, HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app import i18n
from app.actions.reports import report_hazard
from app.actions.submission import Reported, Submission
from app.domain import geo
from app.domain.errors import BadClientId
from app.domain.hazard import Channel
from app.i18n import lazy_gettext as _
from app.queries.names import body_choices
from app.queries.staff import reportable_types
from app.web import hint_fields, labels
from app.web.access import actor
from app.web.context import db, now, policy
from app.web.forms import OurForm
from app.web.hint_fields import HintFields
from app.web.photos import take_photos

REQUIRED = InputRequired(_("Please fill this in"))


class LogForm(HintFields, OurForm):
    """`client_id` makes a form that is sent twice one report."""

    client_id = HiddenField()
    hazard_type = SelectField(_("Kind of hazard"), [InputRequired(_("Choose what kind of hazard it is."))])
    lat = StringField(_("Latitude"), [REQUIRED])
    lon = StringField(_("Longitude"), [REQUIRED])
    description = TextAreaField(_("What is there and how to find it"))
    someone_hurt = BooleanField(_("Somebody was already hurt"))
    photos = MultipleFileField(_("Photos"))


def log_form(**sent: Any) -> LogForm:
    """The form with the types in the reader's language, in their groups. `sent`: where it is not the plain form's."""
    form = LogForm(**sent)
    with db() as session:
        kinds = reportable_types(session, i18n.language())
        hint_fields.offer(form, body_choices(session, i18n.language()))
    groups: dict[str, list[tuple[str, str]]] = {"": [("", labels.choose())]}
    for code, group, name in kinds:
        groups.setdefault(labels.group(group), []).append((code, name))
    form.hazard_type.choices = groups
    if not form.client_id.data:
        form.client_id.data = str(uuid4())
    return form


def log_hazard(form: LogForm, channel: Channel, photos: Iterable[bytes] | None = None) -> Reported:
    """Report what a valid form holds. `photos`: those of a script, which come beside the form. Raises DomainError."""
    place = geo.point(geo.parse_degrees(form.lon.data), geo.parse_degrees(form.lat.data), policy().bounds)
    submission = Submission(
        client_id=_client_id(form.client_id.data),
        hazard_type=form.hazard_type.data,
        geometry=place,
        text=form.description.data or "",
        language=i18n.language(),
        channel=channel,
        someone_hurt=bool(form.someone_hurt.data),
        photos=take_photos(form.photos.data or [] if photos is None else photos),
        by=actor(),
        hints=hint_fields.given(form),
    )
    with db() as session:
        return report_hazard(session, submission=submission, policy=policy(), now=now())


def _client_id(given: str | None) -> UUID:
    try:
        return UUID(given or "")
    except ValueError:
        raise BadClientId() from None
