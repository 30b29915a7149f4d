"""What was sent to the report door, read and taken in: the same for the form and for JSON.

All that is wrong is found before anything is refused, so that nobody corrects one thing after another. Photos are
stored before the action and handed on by key (decisions §22).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from app.actions.reports import report_hazard
from app.actions.submission import Reported, Submission
from app.domain import geo
from app.domain.errors import (
    BadClientId,
    BadCoordinates,
    BadGeometry,
    BadHint,
    BadReference,
    CannotJoin,
    DomainError,
    NoPlace,
    NotReportable,
    NotText,
    OutOfBounds,
    PhotoUnreadable,
    TooMany,
    TooManyPhotos,
    UnknownHazardType,
)
from app.domain.geojson import parse_geojson
from app.domain.hazard import MAX_PHOTOS, MAX_TEXT
from app.domain.hints import parse_hints
from app.domain.ladder import Step
from app.domain.photo import PhotoFile
from app.domain.references import parse_reference
from app.domain.text import clean
from app.i18n import language
from app.queries.intake import knows_report
from app.web import hint_fields
from app.web.context import db, now, policy
from app.web.held import LONGEST_HELD, hold, must_hold
from app.web.kept_photos import kept_photos
from app.web.limits import by_machine, step_of
from app.web.photos import take_photos
from app.web.public.nearby import suggestions

TYPE_CODE = re.compile(r"[A-Z][A-Z_]{0,39}")
FIELD_OF = {
    BadCoordinates: "lat",
    BadGeometry: "lat",
    OutOfBounds: "lat",
    UnknownHazardType: "hazard_type",
    NotReportable: "hazard_type",
    TooManyPhotos: "photos",
    PhotoUnreadable: "photos",
    NotText: "description",
    CannotJoin: "joins",
}
YES = (True, "1", "y", "on", "true")
NONE_OF_THESE = "none"
NAME_MAX = 60


class PerhapsKnown(Exception):
    """Open hazards of the kind lie near: `near` as `nearby.suggestions` gives them; `photos`: stored meanwhile."""

    def __init__(self, near: list[dict[str, Any]], photos: tuple[PhotoFile, ...]) -> None:
        self.near = near
        self.photos = photos


class WrongReport(Exception):
    """All that is wrong with a report: (name of the field, or "" for the whole, and the refusal).

    `photos`: those that were stored meanwhile, so that nobody has to choose them again. `desk`: the words are for the
    desk, so no page shows them again.
    """

    desk = False

    def __init__(self) -> None:
        self.errors: list[tuple[str, DomainError]] = []
        self.photos: tuple[PhotoFile, ...] = ()

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


def take_report(sent: Any, photos: Callable[[], list[Any]], *, ask: bool = False) -> Reported:
    """Take in what was sent; raises WrongReport with all that is wrong, so that nobody corrects one by one.

    `ask`: raises PerhapsKnown where open hazards like it lie near and the sender has not said that it is none of them;
    what is only asked about is counted for itself, so that one report is one on the ladder.
    """
    wrong = WrongReport()
    read, client_id = _read(sent, wrong)
    if words := _for_the_desk(sent, read):
        return _held(sent, photos, client_id, {**read, "text": words})
    near = _known_near(sent, read, client_id) if ask and not wrong.errors else []
    step = step_of("draft" if wrong.errors else "question" if near else "report")
    if step is Step.REFUSED:
        _refuse(client_id, wrong)
        photos = list  # a repeat is answered, and its pictures stand already
    wrong.photos = _photos(photos, wrong)
    files = (*kept_photos(sent), *wrong.photos)
    if wrong.errors:
        raise wrong
    if near:
        raise PerhapsKnown(near, files)
    submission = Submission(
        client_id=client_id,
        language=language(),
        someone_hurt=sent.get("someone_hurt") in YES,
        photos=files,
        review_first=step is Step.REVIEW or by_machine(sent),
        **read,
    )
    return _stored(submission, wrong)


def take_for_the_desk(sent: Any, photos: Callable[[], list[Any]]) -> Reported | None:
    """Held, where the words are for the desk; None, and nothing done, for all others. For a form that is refused
    before it is looked at: such words are never shown again. Raises WrongReport in a flood of them.
    """
    read, client_id = _read(sent, WrongReport())
    words = _for_the_desk(sent, read)
    return _held(sent, photos, client_id, {**read, "text": words}) if words else None


def _read(sent: Any, wrong: WrongReport) -> tuple[dict[str, Any], Any]:
    """What a Submission is made of, as far as it can be read, and the id that makes two sendings one."""
    read: dict[str, Any] = {
        "hazard_type": wrong.tried("hazard_type", lambda: _type_code(sent.get("hazard_type"))),
        "geometry": _shape(sent, wrong),
        "text": wrong.tried("description", lambda: clean(_text(sent.get("description")))),
        "hints": wrong.tried(None, lambda: parse_hints(hint_fields.sent(sent))),
        "joins": wrong.tried("joins", lambda: _joins(sent.get("joins"))),
    }
    return read, wrong.tried("", lambda: _client_id(sent.get("client_id")))


def _for_the_desk(sent: Any, read: Mapping[str, Any]) -> str:
    """The words, where they point to violence; "" for all others."""
    words = read["text"] or _too_long(sent.get("description"))
    return words if words and must_hold(words, read["hazard_type"]) else ""


def _held(sent: Any, photos: Callable[[], list[Any]], client_id: UUID | None, read: Mapping[str, Any]) -> Reported:
    """To the desk, complete or not, before anything of it is stored elsewhere; only a flood of such is refused: it is
    counted for itself, so that no flood of ordinary reports from the same network shuts out a cry for help.
    """
    if step_of("held") is Step.REFUSED and not (client_id and _known(client_id)):
        wrong = WrongReport()
        wrong.errors.append(("", TooMany()))
        wrong.desk = True
        raise wrong
    return hold(
        read["text"],
        client_id=client_id,
        hazard_type_code=read["hazard_type"],
        geometry=read["geometry"],
        hints=read["hints"],
        someone_hurt=sent.get("someone_hurt") in YES,
        about=read["joins"],
        photos=photos,
        kept=kept_photos(sent),
    )


def _stored(submission: Submission, wrong: WrongReport) -> Reported:
    try:
        with db() as session:
            return report_hazard(session, submission=submission, policy=policy(), now=now())
    except DomainError as error:
        wrong.errors.append((_field_of(error), error))
        raise wrong from error


def _refuse(client_id: UUID | None, wrong: WrongReport) -> None:
    """In a flood: what is wrong already is said, and nothing of it is stored; what was taken in before goes through."""
    if not wrong.errors and client_id is not None and _known(client_id):
        return
    if not wrong.errors:
        wrong.errors.append(("", TooMany()))
    raise wrong


def _too_long(sent: Any) -> str:
    """Words that are too many for a report, but not for the desk; what no telephone holds is cut off."""
    return sent[:LONGEST_HELD].strip() if isinstance(sent, str) and len(sent) > MAX_TEXT else ""


def _known(client_id: UUID) -> bool:
    """Whether this is a report that was taken in before: whoever asks again gets the receipt again."""
    with db() as session:
        return knows_report(session, client_id)


def _known_near(sent: Any, read: Mapping[str, Any], client_id: UUID) -> list[dict[str, Any]]:
    """Hazards to be asked about; none where the sender has answered, or the report is one of before."""
    if read["joins"] is not None or sent.get("not_these") in YES:
        return []
    near = suggestions(read["hazard_type"], geo.label_point(read["geometry"]))
    return near if near and not _known(client_id) else []


def _joins(sent: Any) -> str | None:
    """The reference of the hazard that is meant; "" and the choice of none of them are none."""
    if sent in (None, "", NONE_OF_THESE):
        return None
    try:
        return parse_reference(sent)
    except (BadReference, TypeError):
        raise CannotJoin() from None


def _shape(sent: Any, wrong: WrongReport) -> Any:
    """What was drawn, where it was; else the pin."""
    if not sent.get("geometry"):
        return _place(sent, wrong)
    return wrong.tried("lat", lambda: geo.hazard_geometry(parse_geojson(sent.get("geometry")), policy().bounds))


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


def photos_of_expired(photos: Callable[[], list[Any]]) -> tuple[PhotoFile, ...]:
    """Those of a form whose token is gone, so that nobody has to choose them again; none in a flood."""
    return () if step_of("draft") is Step.REFUSED else _photos(photos, WrongReport())


def _photos(photos: Callable[[], list[Any]], wrong: WrongReport) -> tuple[PhotoFile, ...]:
    """Those that can be read; one that cannot does not take the others with it."""
    given = [photo for photo in wrong.tried("photos", photos) or [] if photo]
    if len(given) > MAX_PHOTOS:
        wrong.errors.append(("photos", TooManyPhotos(limit=MAX_PHOTOS)))
        return ()
    stored = [wrong.tried("photos", partial(_stored_photo, photo, one=len(given) == 1)) or () for photo in given]
    return tuple(file for files in stored for file in files)


def _stored_photo(photo: Any, *, one: bool) -> tuple[PhotoFile, ...]:
    """Of several, the one that cannot be read is named as its sender knows it."""
    try:
        return take_photos([photo])
    except PhotoUnreadable:
        name = getattr(photo, "filename", None)
        raise PhotoUnreadable(name=name[:NAME_MAX]) if name and not one else PhotoUnreadable() from None


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
