"""A held report, opened: to be asked for after the look was written down, and by nobody else than the desk's pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort

from app.domain.held import ERASED_AFTER, HeldContent
from app.gateways.vault import CannotOpen
from app.i18n import format_day, gettext
from app.models import Held
from app.queries import held as query
from app.web.vault import desk_db, keyring


@dataclass(frozen=True)
class Opened:
    """A held report as it is shown; `content` None where it was erased or no key here opens it (`why_not`)."""

    row: Held
    content: HeldContent | None
    photos: tuple[tuple[str, bytes], ...]
    why_not: str = ""


def opened_report(code: str) -> Opened:
    ring = keyring()
    with desk_db() as session:
        row = query.sealed_report(session, code)
        if row is None:
            abort(404)
        sealed = [(str(photo.id), photo.key_id, photo.sealed) for photo in query.sealed_photos(session, row.id)]
    if row.sealed is None:
        until = format_day((row.decided_at + ERASED_AFTER).date()) if row.decided_at else ""
        return Opened(row, None, (), gettext("What was written was erased on %(day)s.", day=until))
    if ring is None:
        return Opened(row, None, (), gettext("This server holds no key of the vault. Open the desk where the key is."))
    try:
        content = HeldContent.from_bytes(ring.open(row.key_id, row.sealed))
        return Opened(row, content, tuple((name, ring.open(key, data)) for name, key, data in sealed))
    except CannotOpen:
        return Opened(
            row, None, (), gettext("No key here opens this report. Tell an administrator: qauip vault check.")
        )
