"""The map of a day sheet: our own streets and borders as grey lines, the jobs as numbered pins.

Decision: drawn from the gazetteer as vectors, so that it prints sharp, needs no outside server and works where there is
no network. Turned down: tiles, whose owner would learn where a crew goes today.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from fpdf import FPDF

from app.i18n import gettext
from app.queries.day_map import Frame
from app.web.paper import INK, RED, WHITE, write

METRES = 111_320.0
"""Of a degree of latitude."""
LEAST_M = 700.0
PADDING = 0.12
PIN = 3.1
STREET, STREET_NAME, BORDER, GROUND = "#a9b4b2", "#4b5a58", "#6d7f7c", "#f4f7f6"
NAMED = 26
STEPS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Pin:
    """A job on the map; `pressing`: in red."""

    number: int
    lon: float
    lat: float
    pressing: bool


@dataclass(frozen=True)
class Ground:
    """What lies below the pins: streets as (name, line as WKB), borders as WKB."""

    streets: Sequence[Any]
    borders: Sequence[bytes]


@dataclass(frozen=True)
class View:
    """Degrees to millimetres of the page: (x, y) is the upper left corner, (w, h) the size of the map."""

    frame: Frame
    x: float
    y: float
    w: float
    h: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        f = self.frame
        return (
            self.x + (lon - f.west) / (f.east - f.west) * self.w,
            self.y + (f.north - lat) / (f.north - f.south) * self.h,
        )

    @property
    def metres(self) -> float:
        """Of the map's width on the ground."""
        middle = math.radians((self.frame.north + self.frame.south) / 2)
        return (self.frame.east - self.frame.west) * METRES * math.cos(middle)


def view_of(points: Sequence[tuple[float, float]], box: Box) -> View:
    """The part of the world that shows all points (lon, lat), as wide and high as the box (x, y, w, h) is."""
    lons, lats = [lon for lon, _lat in points], [lat for _lon, lat in points]
    middle = ((min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2)
    shrink = math.cos(math.radians(middle[1]))
    wide = max((max(lons) - min(lons)) * METRES * shrink, LEAST_M) * (1 + 2 * PADDING)
    high = max((max(lats) - min(lats)) * METRES, LEAST_M * box[3] / box[2]) * (1 + 2 * PADDING)
    wide = max(wide, high * box[2] / box[3])
    high = wide * box[3] / box[2]
    east, north = wide / 2 / METRES / shrink, high / 2 / METRES
    return View(Frame(middle[0] - east, middle[1] - north, middle[0] + east, middle[1] + north), *box)


def draw_map(pdf: FPDF, view: View, *, ground: Ground, pins: Sequence[Pin]) -> None:
    """Ground, borders, streets with names, pins, scale."""
    pdf.set_fill_color(GROUND)
    pdf.rect(view.x, view.y, view.w, view.h, style="F")
    with pdf.rect_clip(view.x, view.y, view.w, view.h):
        _lines(pdf, view, ground.borders, BORDER, 0.35, dashed=True)
        _lines(pdf, view, [street.line for street in ground.streets], STREET, 0.55)
        places = spread([view.at(pin.lon, pin.lat) for pin in pins])
        _names(pdf, view, ground.streets, taken=[_around(*place, PIN + 0.5) for place in places])
        for pin, place in zip(pins, places, strict=True):
            _leader(pdf, pin, view.at(pin.lon, pin.lat), place)
        for pin, place in zip(pins, places, strict=True):
            disc(pdf, place, str(pin.number), PIN, _colour(pin))
    pdf.set_draw_color(STREET_NAME)
    pdf.set_line_width(0.2)
    pdf.rect(view.x, view.y, view.w, view.h)
    _scale(pdf, view)


def spread(points: Sequence[tuple[float, float]], apart: float = 2 * PIN + 0.3) -> list[tuple[float, float]]:
    """Where the pins stand so that none hides another: each as near its point as there is room."""
    taken: list[tuple[float, float]] = []
    for point in points:
        taken.append(next(p for p in _spiral(point, apart) if all(math.dist(p, other) >= apart for other in taken)))
    return taken


def _spiral(middle: tuple[float, float], apart: float) -> Iterator[tuple[float, float]]:
    yield middle
    ring = 0
    while True:
        ring += 1
        for step in range(8 * ring):
            turn = 2 * math.pi * step / (8 * ring)
            yield middle[0] + ring * apart / 2 * math.cos(turn), middle[1] + ring * apart / 2 * math.sin(turn)


def _lines(pdf: FPDF, view: View, lines: Sequence[bytes], colour: str, width: float, *, dashed: bool = False) -> None:
    pdf.set_draw_color(colour)
    pdf.set_line_width(width)
    pdf.set_dash_pattern(dash=2 if dashed else 0, gap=1.2 if dashed else 0)
    for part in _parts(lines):
        pdf.polyline([view.at(x, y) for x, y in part.coords])
    pdf.set_dash_pattern()


def _parts(lines: Sequence[bytes]) -> Iterator[Any]:
    """Single lines of at least two points."""
    for line in lines:
        shape = shapely.from_wkb(line)
        for part in getattr(shape, "geoms", [shape]):
            if part.geom_type == "LineString" and len(part.coords) > 1:
                yield part


def _names(pdf: FPDF, view: View, streets: Sequence[Any], *, taken: list[Box]) -> None:
    """Names of the longest streets, where no pin and no other name stands."""
    said: set[str] = set()
    for street in streets:
        if len(said) == NAMED:
            return
        box = _place_of_name(pdf, view, street, taken)
        if box is None or street.name in said:
            continue
        said.add(street.name)
        taken.append(box)
        pdf.set_fill_color(GROUND)
        pdf.rect(box[0], box[1], box[2] - box[0], box[3] - box[1], style="F")
        write(pdf, (box[0] + 0.4, box[3] - 0.7), street.name, 6, colour=STREET_NAME)


def _place_of_name(pdf: FPDF, view: View, street: Any, taken: Sequence[Box]) -> Box | None:
    parts = sorted(_parts([street.line]), key=lambda part: -part.length)
    pdf.set_font("dejavu", "", 6)
    w, h = pdf.get_string_width(street.name) + 0.8, 2.9
    for share in (0.5, 0.3, 0.7) if parts else ():
        middle = parts[0].interpolate(share, normalized=True)
        x, y = view.at(middle.x, middle.y)
        box = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        inside = box[0] > view.x and box[2] < view.x + view.w and box[1] > view.y and box[3] < view.y + view.h
        if inside and not any(_meet(box, other) for other in taken):
            return box
    return None


def _leader(pdf: FPDF, pin: Pin, point: tuple[float, float], place: tuple[float, float]) -> None:
    """A line to the point of a pin that had to step aside; all of them lie below all pins."""
    if place == point:
        return
    pdf.set_draw_color(_colour(pin))
    pdf.set_fill_color(_colour(pin))
    pdf.set_line_width(0.25)
    pdf.line(*point, *place)
    pdf.circle(*point, 0.6, style="F")


def _colour(pin: Pin) -> str:
    return RED if pin.pressing else INK


def disc(pdf: FPDF, middle: tuple[float, float], text: str, radius: float, colour: str) -> None:
    """A filled circle with a few characters in it."""
    pdf.set_fill_color(colour)
    pdf.set_draw_color(WHITE)
    pdf.set_line_width(0.3)
    pdf.circle(*middle, radius, style="DF")
    size = radius * 2.6
    pdf.set_font("dejavu", "B", size)
    write(
        pdf,
        (middle[0] - pdf.get_string_width(text) / 2, middle[1] + size * 0.36 * 25.4 / 72),
        text,
        size,
        bold=True,
        colour=WHITE,
    )


def _scale(pdf: FPDF, view: View) -> None:
    """A bar of round metres, and which way is north."""
    step = max([each for each in STEPS if each <= view.metres / 4] or STEPS[:1])
    length = step / view.metres * view.w
    x, y = view.x + 4, view.y + view.h - 4
    pdf.set_fill_color(WHITE)
    pdf.rect(x - 2, y - 5, length + 4, 7, style="F")
    pdf.set_draw_color(INK)
    pdf.set_line_width(0.5)
    pdf.line(x, y, x + length, y)
    said = gettext("%(num)s m", num=step) if step < 1000 else gettext("%(num)s km", num=step // 1000)
    write(pdf, (x, y - 1.2), said, 7)
    top = (view.x + view.w - 6, view.y + 4)
    pdf.set_fill_color(INK)
    pdf.polygon([top, (top[0] - 2, top[1] + 6), (top[0], top[1] + 4.6), (top[0] + 2, top[1] + 6)], style="F")


def _around(x: float, y: float, radius: float) -> Box:
    return (x - radius, y - radius, x + radius, y + radius)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
