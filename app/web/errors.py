"""What went wrong, as a page for people and as `{"error": code, "message": sentence}` for scripts.

A refusal of the domain becomes a 4xx with its sentence; HTTP's own errors get a page each; a database that does not
answer is 503. A form refused for its token or for want of a session gives back its words (`typed.py`). Whatever else is
raised is a fault of ours: logged with its trace by Flask, 500 for the reader. Junk in an address or a form is the
sender's fault and answered with 400 before a view or the database sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from flask import Flask, Response, abort, current_app, jsonify, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from jinja2 import Template, TemplateError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as AnyResponse

from app.domain import errors as domain
from app.web import labels
from app.web.access import wants_json
from app.web.address import own_path, page_above, page_of_form
from app.web.middleware import REFUSED
from app.web.typed import typed_fields, typed_words

Answer = tuple[Response | str, int] | AnyResponse

STATUS_OF: dict[type[domain.DomainError], int] = {
    domain.HazardNotFound: 404,
    domain.BadReference: 404,
    domain.BadReceipt: 404,
    domain.NotPermitted: 403,
    domain.NeedsSecondPerson: 403,
    domain.NeedsArbiter: 403,
    domain.StaleVersion: 409,
    domain.AlreadyDecided: 409,
    domain.ActNotAllowedNow: 409,
    domain.EmailTaken: 409,
    domain.BodyCodeTaken: 409,
    domain.SameRule: 409,
    domain.DayTaken: 409,
    domain.AlreadyUndone: 409,
    domain.UndoLaterFirst: 409,
    domain.UndoTooLate: 409,
    domain.StillJoined: 409,
    domain.UnknownMerge: 404,
    domain.UnknownRootCause: 404,
    domain.ChangedSince: 409,
    domain.StillInUse: 409,
    domain.UnknownRule: 404,
    domain.UnknownTemplate: 404,
    domain.UnknownQuestion: 404,
    domain.UnknownDay: 404,
    domain.UnknownStep: 404,
    domain.SameStep: 409,
    domain.UnknownEntry: 404,
    domain.RerouteNotFound: 404,
    domain.RerouteNotNow: 409,
    domain.TooManyTries: 429,
    domain.UnknownAccount: 404,
    domain.BadLink: 404,
    domain.StepExpired: 409,
    domain.HasAppAlready: 409,
    domain.LastManager: 409,
    domain.AlreadyJoined: 409,
    domain.TooMany: 429,
    domain.CannotJoin: 409,
    domain.AlreadyWithdrawn: 409,
    domain.NoMoreChanges: 409,
    domain.PhotosAway: 503,
    domain.HeldNotFound: 404,
    domain.UnknownShift: 404,
    domain.UnknownDeputy: 404,
    domain.UnknownShiftNote: 404,
    domain.CrewNameTaken: 409,
    domain.CrewHasWork: 409,
    domain.LinkDead: 404,
    domain.OtherPerson: 403,
}
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class ShortInteger(IntegerConverter):
    """At most nine digits: a million of them is a slow parse, and twenty are no column's number."""

    regex = r"\d{1,9}"


def answer_errors(app: Flask) -> None:
    """Give `app` its pages for what goes wrong."""
    app.url_map.converters["int"] = ShortInteger
    app.before_request(refuse_junk)
    app.register_error_handler(domain.DomainError, _refusal)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _no_token)
    app.register_error_handler(DataError, _bad_value)
    app.register_error_handler(OperationalError, _no_database)


def refuse_junk() -> None:
    """What the middleware refused; 400 for what is no text: zero bytes or halves of surrogate pairs, wherever sent."""
    if REFUSED in request.environ:
        abort(int(request.environ[REFUSED]))
    fields = [] if request.method in {"GET", "HEAD"} else list(request.form.items(multi=True))
    if any(NOT_TEXT.search(part) for part in (request.path, *_flat(request.args.items(multi=True)), *_flat(fields))):
        abort(400)


def status_of(error: domain.DomainError) -> int:
    """The HTTP status of a refusal: 400 unless `STATUS_OF` says better."""
    return STATUS_OF.get(type(error), 400)


def answer(status: int, code: str, sentence: str, *, on_page: bool = True, typed: Sequence[str] = ()) -> Answer:
    """The page or the JSON of an error. `on_page` False: the page of this status has words of its own.

    `typed`: words to give back to whoever typed them; never those that another site's page made the browser send.
    """
    if wants_json():
        return jsonify(error=code, message=sentence), status
    return _page(status, sentence if on_page else None, typed), status


def _refusal(error: domain.DomainError) -> Answer:
    return answer(status_of(error), error.code, labels.error(error))


def _http_error(error: HTTPException) -> Answer:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error.get_response()
    if status == 405 and request.method in {"GET", "HEAD"} and not wants_json() and (above := page_above()):
        return redirect(request.script_root + above, 303)
    try:
        typed = typed_words() if status == 401 and request.method == "POST" else ()
        made = answer(status, f"http_{status}", labels.http_error(status), on_page=False, typed=typed)
    except TemplateError:
        if not isinstance(error, InternalServerError):
            raise
        return Response(labels.http_error(status), status, mimetype="text/plain")
    return _with_headers_of(error, made)


def _with_headers_of(error: HTTPException, made: Answer) -> Answer:
    if isinstance(made, AnyResponse):
        return made
    body, status = made
    response = Response(body, status) if isinstance(body, str) else body
    response.status_code = status
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _no_token(error: CSRFError) -> Answer:
    return answer(403, "form_expired", labels.form_expired(), typed=typed_words())


def _bad_value(error: DataError) -> Answer:
    return answer(400, "http_400", labels.http_error(400), on_page=False)


def _no_database(error: OperationalError) -> Answer:
    current_app.logger.error("the database did not answer: %s", type(error.orig).__name__)
    return answer(503, "http_503", labels.http_error(503), on_page=False)


def _page(status: int, sentence: str | None, typed: Sequence[str]) -> str:
    names: list[str | Template] = [f"errors/{status}.html", "errors/error.html"]
    back = {
        "page": request.script_root + (page_of_form() or "/account/start"),
        "form": request.script_root + own_path(),
    }
    kept = back | {"fields": typed_fields()} if typed and status == 401 else None
    return render_template(names, status=status, message=sentence, typed=typed, back=back, kept=kept)


def _flat(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [part for pair in pairs for part in pair]
