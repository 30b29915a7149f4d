"""What was sent to the report door, read and taken in: the same for the form and for JSON.

Photos are stored before the action and handed on by key (decisions §22); what its fields say is read in `sent.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from app.actions.reports import report_hazard
from app.actions.submission import Reported, Submission
from app.domain import geo
from app.domain.errors import DomainError, PhotoUnreadable, StaleVersion, TooMany, UnknownHazardType
from app.domain.hazard import MAX_TEXT, EmergencyMode
from app.domain.ladder import Step
from app.domain.photo import PhotoFile
from app.i18n import language
from app.queries.intake import hazard_type, knows_report, went_to_desk
from app.web.context import db, now, policy, settings
from app.web.held import LONGEST_HELD, hold, must_hold
from app.web.kept_photos import kept_photos
from app.web.limits import by_machine, step_of
from app.web.public.nearby import suggestions
from app.web.public.photos_sent import sent_photos
from app.web.public.sent import YES, WrongReport, field_of, read_report


class PerhapsKnown(Exception):
    """Open hazards of the kind lie near: `near` as `nearby.suggestions` gives them; `photos`: stored meanwhile."""

    def __init__(self, near: list[dict[str, Any]], photos: tuple[PhotoFile, ...]) -> None:
        self.near = near
        self.photos = photos


def take_report(sent: Any, photos: Callable[[], list[Any]], *, ask: bool = False) -> Reported:
    """Take in what was sent; raises WrongReport with all that is wrong, so that nobody corrects one by one.

    `ask`: raises PerhapsKnown where open hazards like it lie near and the sender has not said that it is none of them;
    what is only asked about is counted for itself, so that one report is one on the ladder. An emergency goes through
    a flood unasked, on a ladder of its own: nobody is turned away with "phone us".
    """
    wrong = WrongReport()
    read, client_id = read_report(sent, wrong)
    if _for_the_desk(sent, read, client_id):
        return _held(sent, photos, client_id, read)
    near = _known_near(sent, read, client_id) if ask and not wrong.errors else []
    step = step_of("draft" if wrong.errors else "question" if near else "report")
    if step is Step.REFUSED and not wrong.errors and _is_emergency(sent, read["hazard_type"]):
        near, step = [], step_of("emergency", ladder=replace(settings().ladder, straight=0))
    flood = step is Step.REFUSED
    if flood:
        _refuse(client_id, wrong, photos)
    wrong.photos, wrong.unread = sent_photos(photos, wrong, only_named=flood), flood
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
    kept = (*kept_photos(sent, gone_too=True), *wrong.photos)
    return _stored(submission, wrong, kept, flood=flood)


def take_for_the_desk(sent: Any, photos: Callable[[], list[Any]]) -> Reported | None:
    """Held, where it is for the desk; None, and nothing done, for all others. For a form that is refused
    before it is looked at: such words are never shown again. Raises WrongReport in a flood of them.
    """
    read, client_id = read_report(sent, WrongReport())
    return _held(sent, photos, client_id, read) if _for_the_desk(sent, read, client_id) else None


def _words(sent: Any, read: Mapping[str, Any]) -> str:
    return read["text"] or _too_long(sent.get("description"))


def _for_the_desk(sent: Any, read: Mapping[str, Any], client_id: UUID | None) -> bool:
    """Whether the words point to violence, or the desk was given this report before: changed words of a child that was
    told on go nowhere else, and the photos beside them stand in no store.
    """
    words = _words(sent, read)
    return bool(words and must_hold(words, read["hazard_type"])) or (client_id is not None and _at_desk(client_id))


def _held(sent: Any, photos: Callable[[], list[Any]], client_id: UUID | None, read: Mapping[str, Any]) -> Reported:
    """To the desk, complete or not, before anything of it is stored elsewhere; only a flood of such is refused: it is
    counted for itself, so that no flood of ordinary reports from the same network shuts out a cry for help.
    """
    flood, wrong = step_of("held") is Step.REFUSED, WrongReport()
    wrong.desk = True
    if flood and not (client_id and _known(client_id)):
        raise _with(wrong, TooMany())
    return _hold(
        _words(sent, read),
        wrong,
        client_id=client_id,
        hazard_type_code=read["hazard_type"],
        geometry=read["geometry"],
        hints=read["hints"],
        someone_hurt=sent.get("someone_hurt") in YES,
        about=read["joins"],
        photos=photos,
        kept=kept_photos(sent, gone_too=True),
        flood=flood,
    )


def _hold(words: str, wrong: WrongReport, **more: Any) -> Reported:
    try:
        return hold(words, **more)
    except TooMany as error:
        raise _with(wrong, error) from error


def _with(wrong: WrongReport, error: DomainError) -> WrongReport:
    wrong.errors.append((field_of(error), error))
    return wrong


def _stored(submission: Submission, wrong: WrongReport, kept: Sequence[PhotoFile], *, flood: bool) -> Reported:
    try:
        with db() as session:
            return report_hazard(session, submission=submission, policy=policy(), now=now(), flood=flood)
    except StaleVersion:  # sent again with other words, and the desk has that report by now
        return _hold(
            submission.text,
            wrong,
            client_id=submission.client_id,
            hazard_type_code=submission.hazard_type,
            geometry=submission.geometry,
            hints=submission.hints,
            someone_hurt=submission.someone_hurt,
            about=submission.joins,
            kept=kept,
            flood=flood,
        )
    except DomainError as error:
        raise _with(wrong, error) from error


def _refuse(client_id: UUID | None, wrong: WrongReport, photos: Callable[[], list[Any]]) -> None:
    """In a flood: what is wrong already is said, and nothing of it is stored; what was taken in before goes through, to
    be answered where nothing in it is new. Its photos are looked at for that, but of so many repeats only.
    """
    if not wrong.errors and client_id is not None and _known(client_id) and _may_look(photos):
        return
    if not wrong.errors:
        wrong.errors.append(("", TooMany()))
    wrong.unread = True
    raise wrong


def _may_look(photos: Callable[[], list[Any]]) -> bool:
    try:
        return not any(photos()) or step_of("repeat") is not Step.REFUSED
    except PhotoUnreadable:
        return True


def _is_emergency(sent: Any, code: str) -> bool:
    """Whether somebody is hurt, or it is of a kind for which the telephone comes first."""
    if sent.get("someone_hurt") in YES:
        return True
    try:
        with db() as session:
            return hazard_type(session, code).emergency_mode == EmergencyMode.CALL_FIRST
    except UnknownHazardType:
        return False


def _too_long(sent: Any) -> str:
    """Words that are too many for a report, but not for the desk; what no telephone holds is cut off."""
    return sent[:LONGEST_HELD].strip() if isinstance(sent, str) and len(sent) > MAX_TEXT else ""


def _known(client_id: UUID) -> bool:
    """Whether this is a report that was taken in before: whoever asks again gets the receipt again."""
    with db() as session:
        return knows_report(session, client_id)


def _at_desk(client_id: UUID) -> bool:
    with db() as session:
        return went_to_desk(session, client_id)


def _known_near(sent: Any, read: Mapping[str, Any], client_id: UUID) -> list[dict[str, Any]]:
    """Hazards to be asked about; none where the sender has answered, or the report is one of before."""
    if read["joins"] is not None or sent.get("not_these") in YES:
        return []
    near = suggestions(read["hazard_type"], geo.label_point(read["geometry"]))
    return near if near and not _known(client_id) else []


def photos_of_expired(photos: Callable[[], list[Any]]) -> tuple[PhotoFile, ...]:
    """Those of a form whose token is gone, so that nobody has to choose them again; none in a flood."""
    return () if step_of("draft") is Step.REFUSED else sent_photos(photos, WrongReport())
