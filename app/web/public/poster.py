"""The poster of a school or a yard: one A4 sheet in Kazakh and Russian with a large QR code, as PDF and as SVG.

One layout draws on either sheet; lines are broken by the widths of the vendored font, so both look alike. Sizes are
millimetres, texts points. Decision: the code is drawn from segno's matrix by ourselves, so that the poster needs no
raster picture and stays sharp at any size. Turned down: a page printed by a browser (each prints it differently).
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Protocol, cast

from fpdf import FPDF

from app.i18n import gettext, lazy_gettext, speaking
from app.web.assets import STATIC
from app.web.paper import BRAND, HEIGHT, INK, MARGIN, POINT, QUIET, RED, WHITE, WIDTH, fonted, matrix, runs

MARK = STATIC / "favicon.svg"
LANGUAGES = ("kk", "ru")
CODE = 120.0
URL_SHOWN = 70  # characters that a person would still type


@dataclass(frozen=True)
class Wanted:
    """What the poster says: the address behind the code, and the name of the school or yard, if any; `place`: `lat,lon`
    of that address, perhaps none.
    """

    url: str
    name: str = ""
    place: str = ""


class Sheet(Protocol):
    """What the layout draws on. `x` of a text is its middle; `y` its base line."""

    def box(self, x: float, y: float, w: float, h: float, colour: str) -> None: ...
    def words(self, x: float, y: float, text: str, size: float, colour: str, *, bold: bool) -> None: ...
    def mark(self, x: float, y: float, side: float) -> None: ...
    def code(self, x: float, y: float, module: float, rows: list[bytes]) -> None: ...


class PdfSheet:
    """A page of a PDF with the font inside."""

    def __init__(self, pdf: FPDF) -> None:
        self.pdf = pdf
        self.pdf.set_title("QR")

    def box(self, x: float, y: float, w: float, h: float, colour: str) -> None:
        self.pdf.set_fill_color(colour)
        self.pdf.rect(x, y, w, h, style="F")

    def words(self, x: float, y: float, text: str, size: float, colour: str, *, bold: bool) -> None:
        self.pdf.set_font("dejavu", "B" if bold else "", size)
        self.pdf.set_text_color(colour)
        self.pdf.text(x - self.pdf.get_string_width(text) / 2, y, text)

    def mark(self, x: float, y: float, side: float) -> None:
        self.pdf.image(MARK, x, y, side, side)

    def code(self, x: float, y: float, module: float, rows: list[bytes]) -> None:
        self.pdf.set_fill_color(INK)
        for column, row, length in runs(rows):
            self.pdf.rect(x + column * module, y + row * module, length * module, module, style="F")

    def made(self) -> bytes:
        """The file."""
        return bytes(self.pdf.output())


class SvgSheet:
    """An SVG of the same sheet; its words are drawn with the reader's own fonts."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def box(self, x: float, y: float, w: float, h: float, colour: str) -> None:
        self.parts.append(f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" fill="{colour}"/>')

    def words(self, x: float, y: float, text: str, size: float, colour: str, *, bold: bool) -> None:
        weight = ' font-weight="700"' if bold else ""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size * POINT:.3f}" fill="{colour}"{weight}>{escape(text)}</text>'
        )

    def mark(self, x: float, y: float, side: float) -> None:
        inner = MARK.read_text("utf-8").split(">", 1)[1].rsplit("</svg>", 1)[0]
        at = f'x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}"'
        self.parts.append(f'<svg {at} viewBox="0 0 32 32">{inner}</svg>')

    def code(self, x: float, y: float, module: float, rows: list[bytes]) -> None:
        path = "".join(f"M{column} {row}h{length}v1h-{length}z" for column, row, length in runs(rows))
        self.parts.append(f'<path transform="translate({x:g} {y:g}) scale({module:.6f})" d="{path}" fill="{INK}"/>')

    def made(self) -> bytes:
        """The file."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}mm" height="{HEIGHT:g}mm" '
            f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" font-family="DejaVu Sans, Noto Sans, Arial, sans-serif" '
            'text-anchor="middle">'
        )
        return "".join([head, *self.parts, "</svg>\n"]).encode()


def as_pdf(wanted: Wanted) -> bytes:
    """The poster to print."""
    with fonted(FPDF(format="A4")) as pdf:
        sheet = PdfSheet(pdf)
        _draw(sheet, pdf, wanted)
        return sheet.made()


def as_svg(wanted: Wanted) -> bytes:
    """The poster to look at, and for who wants to change it."""
    sheet = SvgSheet()
    with fonted(FPDF(format="A4")) as ruler:
        _draw(sheet, ruler, wanted)
    return sheet.made()


def _draw(sheet: Sheet, ruler: FPDF, wanted: Wanted) -> None:
    middle = WIDTH / 2
    sheet.box(0, 0, WIDTH, HEIGHT, WHITE)
    sheet.box(0, 0, WIDTH, 30, BRAND)
    sheet.mark(MARGIN, 5, 20)
    sheet.words(middle + 12, 18.5, _both("Hazard map"), 20, WHITE, bold=True)
    y = 42.0
    for language in LANGUAGES:
        with speaking(language):
            y = _lines(sheet, ruler, (middle, y, 180), gettext("See a danger? Tell us!"), 20, bold=True)
    if wanted.name:
        y = _lines(sheet, ruler, (middle, y, 180), wanted.name, 16, bold=True)
    _code(sheet, wanted.url, middle, y - 6)
    top = y + CODE
    shown = wanted.url if len(wanted.url) <= URL_SHOWN else wanted.url.split("?")[0]
    _lines(sheet, ruler, (middle, top, 180), shown, 12, bold=False)
    for language, x in zip(LANGUAGES, (MARGIN + 44, WIDTH - MARGIN - 44), strict=True):
        with speaking(language):
            _steps(sheet, ruler, x, top + 9)
    _numbers(sheet, ruler)


def _both(message: str) -> str:
    said = []
    for language in LANGUAGES:
        with speaking(language):
            said.append(gettext(message))
    return " · ".join(said)


def _code(sheet: Sheet, url: str, middle: float, y: float) -> None:
    rows = matrix(url)
    module = CODE / (len(rows) + 2 * QUIET)
    sheet.code(middle - len(rows) * module / 2, y + QUIET * module, module, rows)


def _steps(sheet: Sheet, ruler: FPDF, x: float, y: float) -> None:
    steps = (
        gettext("1. Stay away from the danger."),
        gettext("2. Point your phone's camera at the square."),
        gettext("3. Say what it is and where. No name needed."),
    )
    for step in steps:
        y = _lines(sheet, ruler, (x, y, 84), step, 14, bold=False) + 2


def _numbers(sheet: Sheet, ruler: FPDF) -> None:
    half = (WIDTH - 3 * MARGIN) / 2
    calls = (
        ("112", RED, lazy_gettext("Somebody is in danger now")),
        ("111", BRAND, lazy_gettext("Helpline for children and families")),
    )
    for place, (number, colour, meaning) in enumerate(calls):
        left = MARGIN + place * (half + MARGIN)
        sheet.box(left, 246, half, 39, colour)
        sheet.words(left + half / 2, 260, number, 36, WHITE, bold=True)
        y = 267.0
        for language in LANGUAGES:
            with speaking(language):
                y = _lines(sheet, ruler, (left + half / 2, y, half - 4), str(meaning), 12, bold=False, colour=WHITE)


def _lines(
    sheet: Sheet, ruler: FPDF, at: tuple[float, float, float], text: str, size: float, *, bold: bool, colour: str = INK
) -> float:
    """Write `text` around `at` (middle, base line, width), broken where it must; the next base line."""
    x, y, width = at
    ruler.set_font("dejavu", "B" if bold else "", size)
    for line in cast("list[str]", ruler.multi_cell(width, text=text, dry_run=True, output="LINES")):
        sheet.words(x, y, line, size, colour, bold=bold)
        y += size * POINT * 1.25
    return y
