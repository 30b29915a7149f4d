"""Follow a hazard by e-mail or by messages of the browser, and stop.

Decision: plain forms without a token, since nothing happens before the link in the letter is used, and the link itself
is the secret; so that no page sets a cookie. An address is sealed here, at the door, and goes no further in clear. The
answer is the same whoever follows already. GET only shows (mail scanners open links); POST does.
"""

from __future__ import annotations

import hmac
import json
from typing import Any, cast

from email_validator import EmailNotValidError, validate_email
from flask import Response, abort, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actions.follow import confirm_follow, follow_hazard, report_of, stop_follow, withdraw_contact
from app.domain.errors import BadEmail, BadReceipt, BadReference, DomainError, TooMany, UnknownFollow
from app.domain.follow import address_key, mailbox
from app.domain.ladder import Ladder, Step
from app.domain.references import parse_receipt, parse_reference, receipt_hash, show_reference
from app.gateways.push import public_key, push_key
from app.i18n import language
from app.queries.follow import follow_by_token, public_hazard_id
from app.web import labels
from app.web.access import PUBLIC, access, wants_json
from app.web.context import db, now, settings
from app.web.errors import status_of
from app.web.limits import step_of, with_retry
from app.web.public.pages import bp
from app.web.public.receipt import receipt_page
from app.web.push_subscription import read_subscription
from app.web.security import json_intake, tokenless
from app.web.vault import sealer

LONGEST = 100
LETTERS = Ladder(straight=3, most=3)
"""To one address in an hour, whoever asks for them."""
KEY = "qauip_push_public_key"


@bp.post("/follow")
@access(PUBLIC)
@tokenless
@json_intake
def follow() -> ResponseReturnValue:
    """Begin to follow: 200 with the same words always, 4xx with a sentence."""
    sent = _sent()
    try:
        if step_of("follow") is Step.REFUSED:
            raise TooMany()
        _follow(sent)
    except DomainError as error:
        return _refused(error, sent)
    if wants_json():
        return jsonify(following=True)
    return _page("sent", channel=sent.get("channel"))


@bp.get("/follow/push-key")
@access(PUBLIC)
def follow_push_key() -> Response:
    """What a browser needs to subscribe."""
    known = current_app.extensions
    if KEY not in known:
        known[KEY] = public_key(push_key(settings().push_key_file))
    response = jsonify(key=cast(str, known[KEY]))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/follow/<token>")
@access(PUBLIC)
def follow_link(token: str) -> Response:
    """What the link of a letter is about; nothing changes yet."""
    with db() as session:
        found = follow_by_token(session, token[:LONGEST], language())
    if found is None:
        return _gone()
    confirmed, reference, title = found
    return _page("stop" if confirmed else "confirm", token=token, reference=show_reference(reference), title=title)


@bp.post("/follow/<token>")
@access(PUBLIC)
@tokenless
def follow_answer(token: str) -> Response:
    """Confirm, or stop: a letter's one-click header sends no `act`, and means stop."""
    confirms = request.form.get("act") == "confirm"
    try:
        with db() as session:
            if confirms:
                confirm_follow(session, token=token[:LONGEST], now=now())
            else:
                stop_follow(session, token=token[:LONGEST])
    except UnknownFollow:
        return _gone()
    return _page("confirmed" if confirms else "stopped")


@bp.post("/receipt/withdraw-contact")
@access(PUBLIC)
@tokenless
def forget_contact() -> Response:
    """Forget every address that was left with this receipt."""
    typed = request.form.get("receipt", "")[:LONGEST]
    try:
        code = parse_receipt(typed)
        with db() as session:
            report_id, _hazard_id = _of_receipt(session, code)
            withdraw_contact(session, report_id=report_id)
    except BadReceipt as error:
        return receipt_page(typed=typed, error=error)
    return receipt_page(typed=typed, code=code, done="withdraw-contact")


def _sent() -> dict[str, Any]:
    given = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    return given if isinstance(given, dict) else {}


def _follow(sent: dict[str, Any]) -> None:
    channel = str(sent.get("channel") or "email")
    address, contact = read_subscription(sent.get("subscription")) if channel == "push" else _email(sent)
    secret = hmac.digest(settings().require_secret().encode(), b"followers", "sha256")
    report_id, hazard_id = _subject(sent)
    box = address_key(mailbox(address), secret).hex()
    if channel != "push" and step_of("letter", of=box, ladder=LETTERS) is Step.REFUSED:
        return  # the same words: whoever floods an address learns nothing, and its owner gets no more letters
    with db() as session:
        follow_hazard(
            session,
            hazard_id=hazard_id,
            report_id=report_id,
            channel="push" if channel == "push" else "email",
            language=language(),
            address_key=address_key(address, secret, report_id=report_id),
            contact=sealer().seal(json.dumps(contact).encode()),
            now=now(),
        )


def _subject(sent: dict[str, Any]) -> tuple[int | None, int]:
    """(report or None, hazard): by the receipt, else a hazard that everybody may see."""
    with db() as session:
        if sent.get("receipt"):
            return _of_receipt(session, parse_receipt(str(sent["receipt"])[:LONGEST]))
        try:
            hazard_id = public_hazard_id(session, parse_reference(str(sent.get("reference", ""))[:LONGEST]))
        except BadReference:
            hazard_id = None
    if hazard_id is None:
        abort(404)
    return None, hazard_id


def _of_receipt(session: Session, code: str) -> tuple[int, int]:
    found = report_of(session, receipt_hash(code))
    if found is None:
        raise BadReceipt()
    return found


def _email(sent: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    try:
        address = validate_email(str(sent.get("email", ""))[:254].strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise BadEmail() from None
    return address, {"email": address}


def _refused(error: DomainError, sent: dict[str, Any]) -> Response:
    status = status_of(error)
    if wants_json():
        response = make_response(jsonify(error=error.code, message=labels.error(error)), status)
    else:
        typed = {name: str(sent.get(name, "")) for name in ("receipt", "reference", "email")}
        response = _page("error", message=labels.error(error), typed=typed, status=status)
    return with_retry(response) if isinstance(error, TooMany) else response


def _gone() -> Response:
    return _page("error", message=labels.error(UnknownFollow()), status=404)


def _page(state: str, *, status: int = 200, **words: Any) -> Response:
    response = make_response(render_template("public/follow.html", state=state, **words), status)
    response.headers["Cache-Control"] = "no-store"
    return response
