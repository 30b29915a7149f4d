"""What the holder of a receipt does afterwards, and a neighbour's flag.

Decision: forms without a token, since the secret receipt stands in each: who knows it may do this, and no cookie is
needed. Each answers with the receipt's page, what was typed in place when something is wrong. Words that point to
violence go to the desk before anything of them is stored. A flag needs no secret: its sender is vouched for by a
header, where that is missing by the form's token.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from flask import Response, abort, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.actions.answers import answer_question
from app.actions.followup import (
    Word,
    add_word,
    flag_hazard,
    say_safe,
    say_still_dangerous,
    withdraw_report,
)
from app.domain.errors import ActNotAllowedNow, DomainError, NothingSaid, TextTooLong, TooMany, TooManyPhotos
from app.domain.hazard import MAX_PHOTOS
from app.domain.ladder import Step
from app.domain.lifecycle import DISPUTABLE
from app.domain.references import parse_receipt, receipt_hash, show_reference
from app.domain.text import clean
from app.i18n import language
from app.queries import public
from app.queries.held import by_receipt as held_by_receipt
from app.queries.intake import went_to_desk
from app.queries.receipts import by_receipt
from app.web import labels
from app.web.access import PUBLIC, access
from app.web.context import db, now, policy, public_db
from app.web.errors import status_of
from app.web.forms import OurForm
from app.web.held import LONGEST_HELD, held_answer, hold, must_hold
from app.web.kept_photos import keep, kept_names, kept_photos
from app.web.limits import step_of, with_retry
from app.web.public.pages import bp
from app.web.public.photos_sent import sent_photos
from app.web.public.receipt import LONGEST, receipt_page
from app.web.public.sent import WrongReport
from app.web.public.words import item
from app.web.security import anonymous_form, json_intake, tokenless
from app.web.sent import reference_or_404
from app.web.typed import keeps_typed

FIELD = {NothingSaid: "words", TooManyPhotos: "photos"}


@bp.post("/receipt/<any(note, photo, safe, 'not-safe', 'withdraw-report', answer):act>")
@access(PUBLIC)
@tokenless
def follow_up(act: str) -> ResponseReturnValue:
    """Do `act` for the receipt that was sent, and show its page: 200, or 4xx with a sentence and what was typed."""
    typed = request.form.get("receipt", "")[:LONGEST]
    try:
        code = parse_receipt(typed)
    except DomainError as error:
        return receipt_page(typed=typed, error=error)
    try:
        held = ACTS[act](code)
    except WrongReport as wrong:
        kept = [*kept_names(request.form), *keep(wrong.photos)][:MAX_PHOTOS]
        return receipt_page(code=code, typed=typed, wrong=(act, *wrong.errors[0]), kept=kept)
    except DomainError as error:
        response = receipt_page(code=code, typed=typed, wrong=(act, "", error), kept=kept_names(request.form))
        return with_retry(response) if isinstance(error, TooMany) else response
    return held or receipt_page(code=code, typed=typed, done=act)


@bp.get("/h/<reference>/flag")
@access(PUBLIC)
def flag_form(reference: str) -> ResponseReturnValue:
    """The question to a neighbour. A page of its own: its token needs a cookie, and the hazard's page sets none."""
    return _flag_page(reference_or_404(reference))


def _flag_expired(reference: str) -> ResponseReturnValue:
    """Nothing done, and no word about whether there is such a hazard."""
    try:
        return _flag_page(reference_or_404(reference), error=labels.form_kept()), 403
    except (DomainError, NotFound):
        abort(403)


@bp.post("/h/<reference>/flag")
@access(PUBLIC)
@json_intake
@anonymous_form
@keeps_typed(_flag_expired)
def flag(reference: str) -> ResponseReturnValue:
    """A neighbour says that it is still dangerous."""
    code, step = reference_or_404(reference), step_of("flag")
    try:
        if step is Step.REFUSED:
            raise TooMany()
        with db() as session:
            flag_hazard(session, reference=code, marks=step is Step.STRAIGHT, now=now())
    except DomainError as error:
        if request.is_json or status_of(error) == 404:
            raise
        why = None if isinstance(error, ActNotAllowedNow) else labels.error(error)
        response = make_response(_flag_page(code, error=why), status_of(error))
        return with_retry(response) if isinstance(error, TooMany) else response
    if request.is_json:
        return jsonify(reference=show_reference(code), flagged=True)
    return _flag_page(code, done=True)


def _flag_page(code: str, *, error: str | None = None, done: bool = False) -> str:
    with public_db() as session:
        rows = public.by_references(session, language(), [code])
    if not rows:
        abort(404)
    h = item(rows[0], policy().day(now()))
    gone = rows[0].state == "safe" or rows[0].status in DISPUTABLE
    form = OurForm(formdata=None) if gone and not done else None
    return render_template("public/flag.html", h=h, reference=show_reference(code), form=form, error=error, done=done)


def _word(code: str, store: Callable[..., None]) -> Response | None:
    """Keep what was said by `store`; the answer of the desk where it is not for the public's servants. Raises
    WrongReport with what is wrong and the photos that could be read, so that nobody has to choose them again.
    """
    text, client_id = request.form.get("words", "")[:LONGEST_HELD], _client_id()
    about = _for_the_desk(code, text, client_id)
    if step_of("held" if about else "follow-up") is Step.REFUSED:
        raise TooMany()
    if about is not None:
        files = request.files.getlist("photos")
        reference, kind = about
        made = hold(
            _kept_whole(text), client_id=client_id, hazard_type_code=kind, about=reference, photos=lambda: files,
            kept=kept_photos(request.form, gone_too=True),
        )  # fmt: skip
        return held_answer(made)
    wrong = WrongReport()
    said = wrong.tried("words", lambda: clean(text))
    wrong.photos = sent_photos(lambda: request.files.getlist("photos"), wrong)
    if wrong.errors:
        raise wrong
    word = Word(client_id, language(), said, (*kept_photos(request.form), *wrong.photos))
    try:
        with db() as session:
            store(session, receipt=code, word=word, policy=policy(), now=now())
    except DomainError as error:
        wrong.errors.append((FIELD.get(type(error), ""), error))
        raise wrong from error
    return None


def _for_the_desk(code: str, text: str, client_id: UUID) -> tuple[str, str | None] | None:
    """The reference and the type of what these words are about, where they are for the desk: it has that or them
    already, or they point to violence. None for all others.
    """
    with db() as session:
        again = went_to_desk(session, client_id)
        view = by_receipt(session, receipt_hash(code))
        held = held_by_receipt(session, receipt_hash(code)) if view is None else None
    if held is not None:
        return held.reference, None
    if view is None or not (again or view.hazard.held or (text and must_hold(text, view.hazard.hazard_type))):
        return None
    return view.hazard.reference, view.hazard.hazard_type


def _kept_whole(text: str) -> str:
    """Too long for a report is not too long for the desk."""
    try:
        return clean(text)
    except TextTooLong:
        return text.strip()


def _client_id() -> UUID:
    try:
        return UUID(request.form.get("client_id", ""))
    except ValueError:
        return uuid4()


def _withdraw(code: str) -> None:
    with db() as session:
        withdraw_report(session, receipt=code, policy=policy(), now=now())


ACTS: dict[str, Callable[[str], Any]] = {
    "note": lambda code: _word(code, add_word),
    "photo": lambda code: _word(code, add_word),
    "safe": lambda code: _word(code, say_safe),
    "not-safe": lambda code: _word(code, say_still_dangerous),
    "withdraw-report": _withdraw,
    "answer": lambda code: _word(code, partial(answer_question, token=request.form.get("question", "")[:64])),
}
