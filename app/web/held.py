"""The branch of what points to violence: sealed at the door, before anything of it is stored anywhere else.

Doors that take words of citizens call `must_hold(…)` before they store photos, then `hold(…)`. Held is also what is not
complete: a child who writes what is done to it and puts no pin must not be sent back to correct a form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from flask import Flask, Response, current_app, make_response, render_template, url_for
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from app.actions.held import hold_report
from app.actions.submission import Reported
from app.domain.errors import DomainError, PhotoUnreadable, UnknownHazardType
from app.domain.hazard import MAX_PHOTOS
from app.domain.held import HeldContent, HeldState, Sealed
from app.domain.photo import PhotoFile
from app.domain.references import receipt_hash, show_receipt, show_reference
from app.domain.violence import for_the_desk, points_to_violence
from app.gateways.images import Redrawer
from app.gateways.photo_store import PhotoMissing, content_key
from app.i18n import format_datetime, gettext, language
from app.queries.held import by_receipt
from app.queries.intake import hazard_type
from app.queries.photos import keys_in_use
from app.web.context import db, now, policy
from app.web.photos import photo_store
from app.web.vault import sealer

CALL = ("111", "112", "102")
LONGEST_HELD = 40_000
"""Characters: more than anybody types; the rest is cut off."""
LOOK_AGAIN_AFTER = timedelta(hours=1)
"""How long somebody who has opened a held report may still be deciding."""
REDRAWER = "qauip_held_redrawer"


def keep_held(app: Flask) -> None:
    """Give the application a drawing helper of its own for held photos: it starts with the first one."""
    app.extensions[REDRAWER] = Redrawer()


def must_hold(text: str, hazard_type_code: str | None) -> bool:
    """Whether `text`, sent about a hazard of this type (None: not known), is for the desk before anybody else."""
    signs = policy().signs
    return points_to_violence(text, "", signs) and for_the_desk(text, _group(hazard_type_code), signs)


def hold(
    text: str,
    *,
    client_id: UUID | None = None,
    hazard_type_code: str | None = None,
    geometry: BaseGeometry | None = None,
    hints: Mapping[str, str] | None = None,
    someone_hurt: bool = False,
    about: str | None = None,
    photos: Callable[[], Iterable[Any]] = tuple,
    kept: Sequence[PhotoFile] = (),
    flood: bool = False,
) -> Reported:
    """Seal all of it and alarm the desk. `about`: reference of the hazard that the words join or add to.

    `photos`: bytes or uploads; those that cannot be read are counted, never refused. `kept`: photos that stand in the
    store already; they are taken out of it. `flood`: only a repeat is answered; raises TooMany for all else.
    """
    drawn, unreadable = _drawn(photos)
    content = HeldContent(
        texts=(text,),
        language=language(),
        hazard_type=hazard_type_code,
        geometry=mapping(geometry) if geometry is not None else None,
        hints=hints or {},
        someone_hurt=someone_hurt,
        about=about,
        unreadable=unreadable,
    )
    pictures = [*drawn, *stored_bytes(photo.content_key for photo in kept)][:MAX_PHOTOS]
    keys = [*(content_key(picture) for picture in drawn), *(photo.content_key for photo in kept)]
    with db() as session:
        made = hold_report(
            session,
            client_id=client_id or uuid4(),
            said=content.said(keys),
            seal=lambda again: seal(replace(content, again=again), pictures),
            policy=policy(),
            now=now(),
            flood=flood,
        )
    forget_photos([photo.content_key for photo in kept])
    return made


def seal(content: HeldContent, pictures: Iterable[bytes]) -> tuple[Sealed, list[Sealed]]:
    """The report and its photos, sealed one by one."""
    with_key = sealer()
    return with_key.seal(content.to_bytes()), [with_key.seal(picture) for picture in pictures]


def stored_bytes(content_keys: Iterable[str]) -> list[bytes]:
    """The full pictures; one that is gone is left out."""
    found = []
    for key in content_keys:
        try:
            with photo_store().open(key, "full") as opened:
                found.append(opened.read())
        except PhotoMissing:
            continue
    return found


def forget_photos(content_keys: Sequence[str]) -> None:
    """Delete stored pictures at once, unless another row shows the same one."""
    if not content_keys:
        return
    with db() as session:
        used = keys_in_use(session, list(content_keys))
    for key in content_keys:
        if key not in used:
            photo_store().delete(key)


def held_words(reference: str, receipt: str | None, state: HeldState | str, received_at: Any = None) -> dict[str, Any]:
    """What `public/held.html` shows; `r` carries the receipt into another language (`base.html`)."""
    return {
        "h": {
            "reference": show_reference(reference),
            "receipt": show_receipt(receipt) if receipt else None,
            "receipt_url": f"{url_for('public.receipt')}#{show_receipt(receipt)}" if receipt else None,
            "state": str(state),
            "received": format_datetime(received_at) if received_at else None,
            "call": CALL,
        },
        "r": {"receipt": show_receipt(receipt) if receipt else None},
    }


def held_answer(made: Reported) -> Response:
    """The page after sending; kept by nobody."""
    words = held_words(made.reference, made.receipt, HeldState.WAITING)
    return _unkept(render_template("public/held.html", fresh=True, **words), 201 if made.created else 200)


def _unkept(page: str, status: int) -> Response:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def held_receipt(code: str, *, fresh: bool) -> Response | None:
    """The page of a receipt whose report is held; None for all others."""
    with db() as session:
        row = by_receipt(session, receipt_hash(code))
    if row is None:
        return None
    words = held_words(row.reference, code, row.state, row.received_at)
    return _unkept(render_template("public/held.html", fresh=fresh, **words), 200)


def held_said() -> dict[str, Any]:
    """The same for scripts: there is no public page, and the telephone comes first."""
    said = gettext("A person reads your message now. Nothing of it goes on the map. If you are in danger, call.")
    return {"hazard_url": None, "message": said, "call": CALL}


def _group(code: str | None) -> str:
    if code is None:
        return ""
    try:
        with db() as session:
            return hazard_type(session, code).group
    except UnknownHazardType:
        return ""


def _drawn(photos: Callable[[], Iterable[Any]]) -> tuple[list[bytes], int]:
    try:
        given = list(photos())
    except DomainError:
        return [], 1
    sent = [data for each in given if (data := each if isinstance(each, bytes) else each.read())]
    drawn, unreadable = [], len(sent[MAX_PHOTOS:])
    for data in sent[:MAX_PHOTOS]:
        try:
            drawn.append(cast(Redrawer, current_app.extensions[REDRAWER]).redraw(data).jpegs["full"])
        except PhotoUnreadable:
            unreadable += 1
    return drawn, unreadable
