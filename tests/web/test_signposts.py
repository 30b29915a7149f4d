"""The way to help for who is hurt, call first where life is at risk, and the posters with a QR code."""

import re

import pytest
import segno
from flask import render_template_string
from playwright.sync_api import Page

from app.actions.demo_city import make_city
from app.actions.reference_data import load_reference_data
from app.cli.seed import DATA
from app.db import engine, transaction
from app.web.public.poster import Wanted, as_pdf, as_svg, matrix

DANGER = """{% from "components/notice.html" import danger_first with context %}{{ danger_first(types, chosen) }}"""
TYPES = [
    {"code": "GAS_SMELL", "name": "Gas", "emergency_mode": "call_first", "dial": ["104", "112"]},
    {"code": "POWER_LINE_FALLEN", "name": "Wire", "emergency_mode": "call_first", "dial": ["112"]},
    {"code": "MANHOLE_OPEN", "name": "Manhole", "emergency_mode": "if_injured", "dial": ["112"]},
]

NONSENSE = [
    {"place": "1,2"},
    {"place": "nan,76.9"},
    {"place": "43.2"},
    {"place": "43.2,76.9,5"},
    {"type": "CHILD_IN_DANGER"},
    {"type": "NO_SUCH"},
    {"name": "x" * 61},
]


@pytest.fixture
def known_types(database, settings):
    opened = engine(settings.database_url)
    with transaction(opened) as session:
        load_reference_data(session, DATA)
    opened.dispose()


@pytest.mark.parametrize("path", ["/help", "/ru/help", "/away", "/ru/away"])
def test_pages_of_help_are_kept_by_nobody_and_tell_nobody(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert '<meta name="referrer" content="no-referrer">' in answer.text


def test_the_page_of_help_calls_and_leaves_without_script(client):
    page = client.get("/help").text
    assert re.findall(r'class="call[^"]*" href="tel:(\d+)"', page) == ["112", "111", "102"]
    assert re.search(r'<a [^>]*href="/away"[^>]*data-quick-exit', page)
    assert "<form" not in page.split("<main", 1)[1].split("</main>")[0]


@pytest.mark.parametrize("language", ["", "/ru", "/en"])
def test_the_title_of_the_page_of_help_gives_nothing_away(client, language):
    title = re.search(r"<title>(.*?)</title>", client.get(f"{language}/help").text)
    assert title is not None
    assert title[1] == re.search(r"<b>(.*?)</b>", client.get(f"{language}/help").text)[1]  # the name of the product


def test_the_harmless_page_links_nowhere(client):
    page = client.get("/away").text
    assert "<a " not in page
    assert "<script" not in page


@pytest.mark.parametrize("path", ["/about", "/ru/about"])
def test_every_page_shows_the_way_to_help(client, path):
    assert len(re.findall(r'href="(?:/ru)?/help"', client.get(path).text)) == 2  # in the menu and at the foot


@pytest.mark.parametrize("chosen", [None, "GAS_SMELL"])
def test_danger_comes_first_and_turns_nobody_away(app, chosen):
    with app.test_request_context("/report"):
        page = render_template_string(DANGER, types=TYPES, chosen=chosen)
    panels = re.findall(r"<section.*?</section>", page, re.S)
    assert [re.search(r'data-danger-for="(\w+)"', panel)[1] for panel in panels] == ["GAS_SMELL", "POWER_LINE_FALLEN"]
    assert [" hidden>" in panel for panel in panels] == [chosen != "GAS_SMELL", True]
    assert re.findall(r"tel:(\d+)", panels[0]) == ["104", "112"]
    assert page.count("data-danger-on") == 3
    assert "<details" in page


def test_the_poster_shows_the_wanted_code():
    wanted = Wanted("https://qauip.example/ru/report?type=MANHOLE_OPEN&place=43.23800,76.94500")
    drawn = as_svg(wanted).decode()
    assert _modules_of(drawn) == {
        (x, y)
        for y, row in enumerate(segno.make(wanted.url, error="q", micro=False).matrix)
        for x, on in enumerate(row)
        if on
    }


def test_the_sheet_to_print_draws_the_same_code_and_holds_its_font():
    wanted = Wanted("https://qauip.example/report", "Ә Ғ Қ Ң Ө Ұ Ү Һ І")
    sheet = as_pdf(wanted)
    assert sheet.startswith(b"%PDF-")
    assert b"/FontFile2" in sheet
    assert b"DejaVuSans" in sheet
    assert len(sheet) < 200_000


def test_signs_of_a_name_do_not_become_markup():
    drawn = as_svg(Wanted("https://qauip.example/report", "<script>&\"'"))
    assert b"<script" not in drawn
    assert b"&lt;script&gt;&amp;" in drawn


def test_a_code_survives_a_long_address():
    assert (
        len(
            matrix("https://hazards.a-very-long-name-of-a-city.gov.kz/ru/report?type=POWER_LINE_HAZARD&place=43.2,76.9")
        )
        < 60
    )


def test_a_school_gets_its_poster(client, known_types):
    asked = {"name": "№ 35 мектеп", "place": "43.238, 76.945", "type": "MANHOLE_OPEN", "lang": "ru"}
    page = client.get("/ru/qr", query_string=asked)
    assert page.status_code == 200
    assert "/ru/qr.svg?" in page.text
    svg = client.get("/qr.svg", query_string=asked)
    assert svg.mimetype == "image/svg+xml"
    assert "№ 35 мектеп" in svg.text
    assert "/ru/report" in svg.text
    assert client.get("/qr.pdf", query_string=asked).mimetype == "application/pdf"


def test_a_place_may_be_a_name_and_its_poster_keeps_the_numbers(client, known_types, session):
    make_city(session, DATA)
    session.commit()
    page = client.get("/qr", query_string={"place": "Абай"})
    (found, *_others) = client.get("/search?q=Абай", headers={"Accept": "application/json"}).json["items"]
    assert found["parent"]
    assert page.status_code == 200
    assert f"Табылды: {found['name']}, {found['parent']}." in page.text
    assert re.search(r"qr\.svg\?place=43\.2\d{4}%2C76\.\d{5}&", page.text)
    missing = client.get("/qr", query_string={"place": "Жоқжер"})
    assert (missing.status_code, 'id="place-error"' in missing.text) == (422, True)


def test_nonsense_gets_no_poster(client, known_types):
    for asked in NONSENSE:
        page = client.get("/qr", query_string=asked)
        assert (page.status_code, 'aria-invalid="true"' in page.text) == (422, True), asked
        for sheet in ("/qr.svg", "/qr.pdf"):
            assert client.get(sheet, query_string=asked).status_code == 400, asked


@pytest.mark.e2e
def test_esc_pressed_three_times_leaves_no_way_back(page: Page):
    page.goto("/about")
    page.goto("/help")
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("**/away")
    page.go_back()
    assert page.url.endswith("/about")


def _modules_of(drawn: str) -> set[tuple[int, int]]:
    """The dark modules of the drawn code."""
    path = re.search(r'<path transform="[^"]*" d="([^"]*)"', drawn)
    assert path is not None
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path[1])
    return {(int(x) + step, int(y)) for x, y, length in runs for step in range(int(length))}
