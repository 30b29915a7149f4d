"""Paper: an A4 PDF with our font inside, the codes on it, and lines of text. Millimetres; texts in points."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import segno
from fpdf import FPDF
from fpdf.fonts import TTFFont

FONTS = Path(__file__).parents[2] / "data" / "fonts" / "dejavu-fonts-ttf" / "ttf"
WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 15.0
QUIET = 4
"""Modules of white around a code, as its standard asks."""
POINT = 25.4 / 72
INK, BRAND, RED, WHITE = "#101828", "#0b4a45", "#b3261e", "#ffffff"


@contextmanager
def fonted(pdf: FPDF) -> Iterator[FPDF]:
    """`pdf` with nothing of its own but our font and a first page; closes the files of the font."""
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    pdf.add_font("dejavu", "", FONTS / "DejaVuSans.ttf")
    pdf.add_font("dejavu", "B", FONTS / "DejaVuSans-Bold.ttf")
    pdf.add_page()
    try:
        yield pdf
    finally:
        for font in pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


def matrix(url: str, error: str = "q") -> list[bytes]:
    """The modules of the code, row by row, 1 is dark; with `q` a quarter of them may be torn or dirty."""
    return [bytes(row) for row in segno.make(url, error=error, micro=False).matrix]


def runs(rows: list[bytes]) -> list[tuple[int, int, int]]:
    """Dark stretches as (column, row, length)."""
    found = []
    for y, row in enumerate(rows):
        x = 0
        for part in row.replace(b"\x01", b"1").replace(b"\x00", b"0").decode().split("0"):
            if part:
                found.append((x, y, len(part)))
            x += len(part) + 1
    return found


def draw_code(pdf: FPDF, url: str, x: float, y: float, side: float) -> None:
    """A code with its white edge, at (x, y)."""
    rows = matrix(url, "m")
    module = side / (len(rows) + 2 * QUIET)
    pdf.set_fill_color(INK)
    for column, row, length in runs(rows):
        pdf.rect(x + (column + QUIET) * module, y + (row + QUIET) * module, length * module, module, style="F")


def lines_of(pdf: FPDF, text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """`text` broken where it must be, by the widths of the font."""
    pdf.set_font("dejavu", "B" if bold else "", size)
    return cast("list[str]", pdf.multi_cell(width, text=text, dry_run=True, output="LINES"))


def write(pdf: FPDF, at: tuple[float, float], text: str, size: float, *, bold: bool = False, colour: str = INK) -> None:
    """One line from its left end and base line."""
    pdf.set_font("dejavu", "B" if bold else "", size)
    pdf.set_text_color(colour)
    pdf.text(*at, text)
