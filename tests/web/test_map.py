"""The shells that Folium builds: ours alone, the same in every worker, and named by their content."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.i18n import LANGUAGES
from app.web.assets import STATIC
from app.web.map import areas_map, browse_map, hazard_map, inbox_map, pick_map
from app.web.map_kinds import Ground, Kind, MapParts, MapView
from app.web.map_parts import map_parts

ALMATY = MapView(43.24, 76.93, 12)
TILES = Ground("https://tiles.example/{z}/{x}/{y}.png", "© OpenStreetMap contributors <b>")
BUILDERS = {
    Kind.BROWSE: browse_map,
    Kind.PICK: pick_map,
    Kind.HAZARD: hazard_map,
    Kind.AREAS: areas_map,
    Kind.INBOX: inbox_map,
}
MODULES = Path(STATIC) / "js" / "map"


def shell(kind: Kind, language: str = "kk", ground: Ground = TILES) -> MapParts:
    return BUILDERS[kind](language, ALMATY, ground)


@pytest.mark.parametrize("kind", Kind)
def test_shell_names_no_stranger_but_the_tiles(kind: Kind) -> None:
    parts = shell(kind)
    addresses = re.findall(r"https?://[^/\"\\]+", f"{parts.html}{parts.script}{parts.css}{parts.js}")
    assert set(addresses) <= {"https://tiles.example", "https://www.openstreetmap.org"}
    assert all((STATIC / name).is_file() for name in (*parts.css, *parts.js, *parts.modules))


@pytest.mark.parametrize("kind", Kind)
def test_shell_brings_no_inline_script_or_style(kind: Kind) -> None:
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", shell(kind).html)


def test_shell_is_built_once_and_then_kept() -> None:
    assert shell(Kind.BROWSE) is shell(Kind.BROWSE)


@pytest.mark.parametrize("kind", Kind)
def test_a_fresh_process_writes_the_same_bytes(kind: Kind) -> None:
    from app.web import map as maps  # noqa: PLC0415

    before = shell(kind)
    maps._built.cache_clear()
    after = shell(kind)
    assert after is not before
    assert (after.script, after.html, after.url) == (before.script, before.html, before.url)


def test_layers_are_put_on_the_map_once() -> None:
    assert shell(Kind.BROWSE).script.count("addTo(") == 1


def test_words_are_in_the_language_of_the_shell() -> None:
    assert "Карта опасностей" in shell(Kind.BROWSE, "ru").html
    assert "Қауіптер картасы" in shell(Kind.BROWSE, "kk").html


def test_without_a_tile_address_our_own_outlines_are_the_ground() -> None:
    script = shell(Kind.BROWSE, ground=Ground()).script
    assert 'outlines("/map/outlines")' in script
    assert "tiles(" not in script


def test_attribution_links_to_the_licence_and_is_otherwise_text() -> None:
    script = shell(Kind.BROWSE).script
    assert "openstreetmap.org/copyright" in script
    assert "\\u0026lt;b\\u0026gt;" in script


def test_tile_address_cannot_break_out_of_the_script() -> None:
    hostile = Ground('https://tiles.example/{z}"});alert(1);//</script>`${1}', "x")
    script = shell(Kind.PICK, ground=hostile).script
    assert "</script>" not in script
    assert not re.search(r'(?<!\\)"\}\);alert', script)


def test_every_module_is_announced_before_it_is_asked_for() -> None:
    present = {f"js/map/{path.name}" for path in MODULES.glob("*.js")} - {"js/map/shell.js"}
    assert set(shell(Kind.BROWSE).modules) == present


@pytest.mark.parametrize("language", LANGUAGES)
def test_script_is_served_by_its_content_and_kept_for_a_year(app: Flask, language: str) -> None:
    with app.app_context():
        url = map_parts(Kind.BROWSE, language).url
    answer = app.test_client().get(url)
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]


def test_script_of_an_older_release_still_draws_a_map_but_is_not_kept(client: FlaskClient) -> None:
    answer = client.get("/map/shell/browse-ru-0123456789abcdef.js")
    assert answer.status_code == 200
    assert "browse(map_browse" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["nothing-kk-0", "browse-de-0"])
def test_script_that_never_was_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/map/shell/{name}.js").status_code == 404
