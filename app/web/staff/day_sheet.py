"""The day sheet of a crew, to print: a map with numbered jobs, then each job with room to write by hand.

A4, our own font (Kazakh letters), a code for each job that opens its page on a phone. Nothing of a reporter stands on
it: a paper gets lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fpdf import FPDF
from sqlalchemy.orm import Session

from app.domain.hazard import Measure, Severity
from app.domain.references import show_reference
from app.i18n import format_day, gettext, language, ngettext
from app.queries.day_map import borders, streets
from app.web import labels
from app.web.paper import BRAND, HEIGHT, INK, MARGIN, POINT, RED, WIDTH, draw_code, fonted, lines_of, write
from app.web.staff.day_map import Ground, Pin, View, disc, draw_map, view_of
from app.web.times import staff_moment

MOST_JOBS = 60
INNER = WIDTH - 2 * MARGIN
MAP_TOP, MAP_HEIGHT = 37.0, 118.0
TEXT = INNER - 42
CODE = 26.0
FOOT = HEIGHT - 10
GREY, LINE = "#47585a", "#9aa8a5"
ROWS = 2
"""Columns of the list beside the map."""


@dataclass(frozen=True)
class Heading:
    """What stands above: whose sheet it is, for which day."""

    title: str
    day: date
    made: str


def day_sheet(session: Session, *, heading: Heading, rows: Sequence[Any], base_url: str) -> bytes:
    """The PDF of these rows (`queries.listed`), in their order. At least one row.

    Drawn twice: first to count its pages, which each page names.
    """
    view = view_of([(row.lon, row.lat) for row in rows], (MARGIN, MAP_TOP, INNER, MAP_HEIGHT))
    ground = Ground(streets(session, view.frame, language()), borders(session, view.frame))
    with fonted(_Numbered("?")) as ruler:
        _draw(ruler, heading, rows, base_url, view, ground)
        pages = ruler.page_no()
    with fonted(_Numbered(str(pages))) as pdf:
        pdf.set_title(f"{gettext('Day sheet')} {heading.day.isoformat()}")
        pdf.set_lang(language())
        _draw(pdf, heading, rows, base_url, view, ground)
        return bytes(pdf.output())


class _Numbered(FPDF):
    """Each page says which it is, of how many."""

    def __init__(self, pages: str) -> None:
        super().__init__(format="A4")
        self._of = pages

    def footer(self) -> None:
        said = gettext("Page %(page)s of %(pages)s", page=self.page_no(), pages=self._of)
        write(self, (MARGIN, FOOT), gettext("For work only. Do not leave it on the street."), 7, colour=GREY)
        self.set_font("dejavu", "", 7)
        write(self, (WIDTH - MARGIN - self.get_string_width(said), FOOT), said, 7, colour=GREY)


def _draw(pdf: FPDF, heading: Heading, rows: Sequence[Any], base_url: str, view: View, ground: Ground) -> None:  # noqa: PLR0917 - all of it
    _head(pdf, heading, len(rows))
    pins = [Pin(number, row.lon, row.lat, _pressing(row)) for number, row in enumerate(rows, 1)]
    draw_map(pdf, view, ground=ground, pins=pins)
    _contents(pdf, rows, MAP_TOP + MAP_HEIGHT + 7)
    pdf.add_page()
    y = MARGIN
    for number, row in enumerate(rows, 1):
        y = _job(pdf, number, row, y, base_url)


def _head(pdf: FPDF, heading: Heading, count: int) -> None:
    write(pdf, (MARGIN, 20), gettext("Day sheet"), 20, bold=True, colour=BRAND)
    write(pdf, (MARGIN, 27), f"{heading.title} · {format_day(heading.day)}", 11, bold=True)
    said = ngettext("%(num)s hazard", "%(num)s hazards", count)
    write(pdf, (MARGIN, 32.5), f"{said} · {heading.made}", 9, colour=GREY)


def _contents(pdf: FPDF, rows: Sequence[Any], y: float) -> None:
    """Number, kind and place of each job in two columns under the map; what has no room stands on its own page only."""
    half, step = INNER / ROWS, 7.6 if len(rows) <= 34 else 4.2
    lines = int((FOOT - 6 - y) // step)
    for place, row in enumerate(rows[: lines * ROWS]):
        x, top = MARGIN + place // lines * half, y + place % lines * step
        disc(pdf, (x + 2.4, top - 1.2), str(place + 1), 2.0 if step < 5 else 2.4, RED if _pressing(row) else INK)
        write(pdf, (x + 6.5, top), _cut(pdf, row.title, half - 9, 8, bold=True), 8, bold=True)
        if step > 5:
            write(pdf, (x + 6.5, top + 3.3), _cut(pdf, _place(row), half - 9, 7), 7, colour=GREY)


def _job(pdf: FPDF, number: int, row: Any, y: float, base_url: str) -> float:
    """One job; the next base. It begins on a new page where it has no room."""
    height = _height(pdf, row)
    if y + height > FOOT - 6:
        pdf.add_page()
        y = MARGIN
    disc(pdf, (MARGIN + 4, y + 4), str(number), 4.0, RED if _pressing(row) else INK)
    address = f"{base_url}/staff/h/{show_reference(row.reference)}"
    draw_code(pdf, address, WIDTH - MARGIN - CODE, y - 2, CODE)
    reference = show_reference(row.reference)
    pdf.set_font("dejavu", "", 9)
    write(pdf, (WIDTH - MARGIN - CODE / 2 - pdf.get_string_width(reference) / 2, y + CODE + 1), reference, 9)
    below = _said(pdf, row, y)
    below = _measures(pdf, max(below + 1.5, y + CODE + 5.5))
    below = _rooms(pdf, below)
    pdf.set_draw_color(LINE)
    pdf.set_line_width(0.3)
    pdf.line(MARGIN, below, WIDTH - MARGIN, below)
    return below + 7


def _said(pdf: FPDF, row: Any, y: float) -> float:
    """What it is, where, how dangerous, until when, and in whose hands."""
    x, at = MARGIN + 11, y + 4.5
    for line in lines_of(pdf, row.title, TEXT, 12, bold=True):
        write(pdf, (x, at), line, 12, bold=True)
        at += 12 * POINT * 1.2
    for text, bold in _facts(row):
        for line in lines_of(pdf, text, TEXT, 9, bold=bold):
            write(pdf, (x, at), line, 9, bold=bold, colour=INK if bold else GREY)
            at += 9 * POINT * 1.3
    return at


def _facts(row: Any) -> list[tuple[str, bool]]:
    whom = row.crew or row.assignee
    facts = [
        (_place(row), True),
        (gettext("Coordinates: %(lat)s, %(lon)s", lat=f"{row.lat:.6f}", lon=f"{row.lon:.6f}"), False),
        (gettext("Severity: %(severity)s", severity=labels.severity(row.severity)), row.severity == Severity.CRITICAL),
        (gettext("Status: %(status)s", status=labels.status(row.status)), False),
        (_made_safe(row), False),
        (gettext("Fix by: %(moment)s", moment=staff_moment(row.fix_due)) if row.fix_due else "", False),
        (gettext("Planned for: %(day)s", day=format_day(row.planned_for)) if row.planned_for else "", False),
        (gettext("Given to: %(name)s", name=whom) if whom else "", False),
    ]
    return [(text, bold) for text, bold in facts if text]


def _made_safe(row: Any) -> str:
    if row.made_safe_at:
        return gettext(
            "Made safe: %(measure)s. Check again by %(moment)s.",
            measure=labels.measure(row.made_safe_measure),
            moment=staff_moment(row.made_safe_until),
        )
    return gettext("Make safe by: %(moment)s", moment=staff_moment(row.make_safe_due)) if row.make_safe_due else ""


def _measures(pdf: FPDF, y: float) -> float:
    """The accepted measures with boxes to tick."""
    write(pdf, (MARGIN, y), gettext("What makes it safe (tick):"), 8, bold=True)
    x, y = MARGIN, y + 5
    pdf.set_draw_color(INK)
    for measure in Measure:
        text = labels.measure(measure)
        pdf.set_font("dejavu", "", 8)
        wide = pdf.get_string_width(text) + 9
        if x + wide > WIDTH - MARGIN:
            x, y = MARGIN, y + 5
        pdf.set_line_width(0.3)
        pdf.rect(x, y - 2.8, 3.2, 3.2)
        write(pdf, (x + 4.5, y), text, 8)
        x += wide
    return y + 6


def _rooms(pdf: FPDF, y: float) -> float:
    """Lines to write on."""
    for labels_of_line in (
        [gettext("Notes")],
        [gettext("Materials")],
        [gettext("Done at (time)"), gettext("Signature")],
    ):
        wide = INNER / len(labels_of_line)
        for place, label in enumerate(labels_of_line):
            x = MARGIN + place * wide
            pdf.set_font("dejavu", "", 8)
            start = x + pdf.get_string_width(label) + 3
            write(pdf, (x, y), label, 8, colour=GREY)
            pdf.set_draw_color(LINE)
            pdf.set_line_width(0.2)
            pdf.line(start, y + 0.8, x + wide - (3 if place + 1 < len(labels_of_line) else 0), y + 0.8)
        y += 8
    return y - 2


def _height(pdf: FPDF, row: Any) -> float:
    """How much room a job takes, at most."""
    facts = sum(len(lines_of(pdf, text, TEXT, 9, bold=bold)) for text, bold in _facts(row))
    titles = len(lines_of(pdf, row.title, TEXT, 12, bold=True))
    said = 4.5 + titles * 12 * POINT * 1.2 + facts * 9 * POINT * 1.3
    return max(said + 1.5, CODE + 5.5) + 21 + 22 + 2


def _pressing(row: Any) -> bool:
    return bool(row.urgent or row.severity == Severity.CRITICAL) and not row.made_safe_at


def _place(row: Any) -> str:
    return " · ".join(part for part in (row.near, row.area) if part) or gettext("Outside all known areas")


def _cut(pdf: FPDF, text: str, width: float, size: float, *, bold: bool = False) -> str:
    """`text`, shortened to one line."""
    pdf.set_font("dejavu", "B" if bold else "", size)
    if pdf.get_string_width(text) <= width:
        return text
    while text and pdf.get_string_width(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"
