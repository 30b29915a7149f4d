"""What a file says of a hazard: one table of columns for all formats.

Decision: people's formats have headings and values in the reader's language; the maps' formats have values in it and
field names that never change, so that a saved style or a script works in every language. Turned down: a column for each
language, three times as wide and read by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import i18n
from app.domain.permissions import Actor
from app.domain.references import show_reference
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.queries.listed import CHUNK, listed, report_words
from app.web import labels
from app.web.staff.words import status_words


@dataclass(frozen=True)
class Column:
    """`key`: the field's name for machines; `kind`: text, whole, number, yes_no, moment or day."""

    key: str
    label: Any
    kind: str
    read: Callable[[Any], Any]


def _url_of(base_url: str) -> Callable[[Any], str]:
    return lambda row: f"{base_url}/staff/h/{show_reference(row.reference)}"


COLUMNS = (
    Column("reference", _("Reference"), "text", lambda row: show_reference(row.reference)),
    Column("type", _("Kind of hazard"), "text", lambda row: row.title),
    Column("severity", _("Severity"), "text", lambda row: labels.severity(row.severity)),
    Column("status", _("Status"), "text", status_words),
    Column("urgent", _("Urgent"), "yes_no", lambda row: row.urgent),
    Column("body", _("Organisation"), "text", lambda row: row.body),
    Column("area", _("Area"), "text", lambda row: row.area),
    Column("near", _("Street or quarter"), "text", lambda row: row.near),
    Column("latitude", _("Latitude"), "number", lambda row: round(row.lat, 6)),
    Column("longitude", _("Longitude"), "number", lambda row: round(row.lon, 6)),
    Column("received", _("Received"), "moment", lambda row: row.received_at),
    Column("make_safe_by", _("Make safe by"), "moment", lambda row: row.make_safe_due),
    Column("made_safe", _("Made safe"), "moment", lambda row: row.made_safe_at),
    Column(
        "measure",
        _("What makes it safe now"),
        "text",
        lambda row: labels.measure(row.made_safe_measure) if row.made_safe_measure else None,
    ),
    Column("check_again_by", _("Check again by"), "moment", lambda row: row.made_safe_until),
    Column("fix_by", _("Fix by"), "moment", lambda row: row.fix_due),
    Column("planned_for", _("Planned for"), "day", lambda row: row.planned_for),
    Column("overdue", _("Overdue"), "yes_no", lambda row: row.overdue is not None),
    Column("disputed", _("People say: still dangerous"), "yes_no", lambda row: row.disputed),
    Column("owner_unknown", _("Owner not known"), "yes_no", lambda row: row.owner_unknown),
    Column("crew", _("Crew"), "text", lambda row: row.crew),
    Column("person", _("Person"), "text", lambda row: row.assignee),
    Column("reports", _("Reports"), "whole", lambda row: row.reports),
    Column("closed", _("Closed"), "moment", lambda row: row.closed_at),
)
SEPARATOR = "\n\n"
"""Between the words of two reports."""


@dataclass(frozen=True)
class Sheet:
    """Columns, and the rows as (values, shape as WKB) in their order."""

    columns: Sequence[Column]
    rows: Iterator[tuple[list[Any], bytes]]


def sheet(session: Session, *, actor: Actor, ids: Sequence[int], base_url: str, words: bool) -> Sheet:
    """All that the actor may see of `ids`, with reporters' words only where they are asked for."""
    link = Column("address", gettext("Address of the page"), "text", _url_of(base_url))
    said = Column("words", gettext("Words of the reports"), "text", lambda row: None)
    columns = (*COLUMNS, link, said) if words else (*COLUMNS, link)
    return Sheet(columns, _rows(session, actor, ids, (*COLUMNS, link), words))


def _rows(
    session: Session, actor: Actor, ids: Sequence[int], columns: Sequence[Column], words: bool
) -> Iterator[tuple[list[Any], bytes]]:
    for start in range(0, len(ids), CHUNK):
        found = list(listed(session, actor=actor, ids=ids[start : start + CHUNK], language=i18n.language()))
        said = report_words(session, [row.id for row in found]) if words else {}
        for row in found:
            values = [column.read(row) for column in columns]
            if words:
                values.append(SEPARATOR.join(said.get(row.id, ())) or None)
            yield values, bytes(row.shape)
