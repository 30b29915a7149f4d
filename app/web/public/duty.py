"""The link in the letter of whoever is on duty: GET shows what it is about (mail scanners open links), POST says "I
know". The link is the secret, so that nobody signs in at night; unknown and over are the same sentence.
"""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template

from app.actions.duty import acknowledge
from app.domain.errors import UnknownDutyCall
from app.domain.references import show_reference
from app.i18n import format_datetime, language
from app.queries.duty import call_of_token
from app.web import labels
from app.web.access import PUBLIC, access
from app.web.context import db, now
from app.web.public.pages import bp
from app.web.security import tokenless

LONGEST = 100


@bp.get("/duty/<token>")
@access(PUBLIC)
def duty(token: str) -> Response:
    return _page(token)


@bp.post("/duty/<token>")
@access(PUBLIC)
@tokenless
def duty_known(token: str) -> Response:
    """ "I know": nobody else is called."""
    try:
        with db() as session:
            acknowledge(session, token=token[:LONGEST], now=now())
    except UnknownDutyCall:
        pass  # the page says it
    return _page(token)


def _page(token: str) -> Response:
    with db() as session:
        call = call_of_token(session, token[:LONGEST], language())
    if call is None:
        return _answer(404, message=labels.error(UnknownDutyCall()))
    known = format_datetime(call.acknowledged_at) if call.acknowledged_at else None
    another = format_datetime(call.another_at) if call.another_at else None
    reference = show_reference(call.facts.reference)
    return _answer(200, call=call, reference=reference, known=known, another=another, token=token)


def _answer(status: int, **words: Any) -> Response:
    response = make_response(render_template("public/duty.html", **words), status)
    response.headers["Cache-Control"] = "no-store"
    return response
