"""Take what I filtered away in a file, or print it as a day sheet.

Decision: the file is finished before its first byte goes out, and no larger than MOST rows: whoever gets it has all of
it or an error, and what was taken is written down with its true count. Turned down: a stream, of which a half that
broke off looks whole.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from typing import IO, Any, cast
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import i18n
from app.actions.exports import may_have_words, note_export
from app.domain.errors import DomainError, NothingChosen, TooManyRows
from app.domain.inbox import Wanted
from app.domain.permissions import Permission
from app.domain.references import parse_reference
from app.i18n import gettext as _
from app.models import Body
from app.queries.inbox import hazard_ids
from app.queries.listed import ids_of, listed
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now, policy, settings
from app.web.staff.day_sheet import MOST_JOBS, Heading, day_sheet
from app.web.staff.export_files import WRITERS
from app.web.staff.export_rows import sheet
from app.web.times import staff_moment

bp = Blueprint("export", __name__, url_prefix="/staff/export")
SEES = (Permission.SEE_BODY_HAZARDS, Permission.SEE_ALL_HAZARDS)
MOST = 50_000
MOST_REFERENCES = 200
PDF = "pdf"
PIECE = 64 * 1024
SPOOLED = 8 * 1024 * 1024
"""Bytes of a file that stay in memory; larger ones lie on the disk."""


@bp.get("")
@access(*SEES)
def export() -> ResponseReturnValue:
    """The choice of a file; with `format` the file itself."""
    wished = request.args.get("format", "")
    try:
        if wished == PDF:
            return _paper()
        if wished in WRITERS:
            return _file(wished)
        return _page()
    except (NothingChosen, TooManyRows) as refusal:
        return _page(labels.error(refusal)), 422


def _page(sentence: str = "") -> str:
    with db() as session:
        ids = _ids(session, MOST + 1)
    kept = _kept()
    return render_template(
        "staff/export.html",
        sentence=sentence,
        count=len(ids),
        most=MOST,
        most_jobs=MOST_JOBS,
        kept=[(name, value) for name, values in kept.items() for value in values],
        may_have_words=may_have_words(actor()),
        inbox=url_for("staff.index") + ("?" + urlencode(kept, doseq=True) if kept else ""),
    )


def _file(wished: str) -> Response:
    words = request.args.get("words") == "1"
    write, mimetype = WRITERS[wished]
    out = cast("IO[bytes]", tempfile.SpooledTemporaryFile(SPOOLED))  # noqa: SIM115 - `_pieces` closes it
    try:
        with db() as session:
            ids = _limited(session, MOST)
            _note(session, wished, len(ids), words)
            write(sheet(session, actor=actor(), ids=ids, base_url=_base(), words=words), out)
    except BaseException:
        out.close()
        raise
    return _sent(out, mimetype, wished)


def _paper() -> Response:
    with db() as session:
        ids = _limited(session, MOST_JOBS)
        rows = list(listed(session, actor=actor(), ids=ids, language=i18n.language()))
        if not rows:
            raise NothingChosen()
        _note(session, PDF, len(rows), words=False)
        made = day_sheet(session, heading=_heading(session), rows=rows, base_url=_base())
    return _sent(io.BytesIO(made), "application/pdf", PDF)


def _sent(out: IO[bytes], mimetype: str, ending: str) -> Response:
    """The finished file. Answers to people who are signed in are kept nowhere (`web/security.py`)."""
    length = out.seek(0, os.SEEK_END)
    out.seek(0)
    answer = Response(_pieces(out), mimetype=mimetype, direct_passthrough=True)
    answer.content_length = length
    name = f"hazards-{policy().day(now()).isoformat()}.{ending}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _pieces(out: IO[bytes]) -> Iterator[bytes]:
    """The file piece by piece; it is closed at its end, or when whoever reads it goes away."""
    with out:
        while piece := out.read(PIECE):
            yield piece


def _limited(session: Session, most: int) -> list[int]:
    """Raises TooManyRows, NothingChosen."""
    ids = _ids(session, most + 1)
    if len(ids) > most:
        raise TooManyRows(limit=most)
    if not ids:
        raise NothingChosen()
    return ids


def _ids(session: Session, limit: int) -> list[int]:
    """Of the hazards named by `ref`, else of those that match the filter; the actor's own only."""
    named = _references()
    if named:
        found = ids_of(session, actor=actor(), references=named)
        return [found[each] for each in named if each in found][:limit]
    return hazard_ids(session, actor=actor(), wanted=Wanted.parse(request.args), now=now(), limit=limit)


def _references() -> list[str]:
    found = []
    for typed in request.args.getlist("ref")[:MOST_REFERENCES]:
        try:
            found.append(parse_reference(typed))
        except DomainError:
            continue
    return list(dict.fromkeys(found))


def _kept() -> dict[str, list[str]]:
    """The filter as the address has it, to be sent again and to be written down."""
    named = _references()
    asked = {"ref": named} if named else Wanted.parse(request.args).query()
    return {name: [value] if isinstance(value, str) else list(value) for name, value in asked.items()}


def _note(session: Session, wished: str, count: int, words: bool) -> None:
    kept: dict[str, Any] = _kept()
    note_export(session, by=actor(), file_format=wished, asked=kept, count=count, words=words, now=now())


def _heading(session: Session) -> Heading:
    own = actor().body_id
    body = session.get(Body, own) if own is not None else None
    title = body.name(i18n.language()) if body else _("All organisations")
    made = _("printed %(moment)s by %(name)s", moment=staff_moment(now()), name=actor().name)
    return Heading(title, policy().day(now()), made)


def _base() -> str:
    return settings().base_url.rstrip("/")
