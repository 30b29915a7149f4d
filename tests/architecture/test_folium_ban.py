"""Folium builds shells and carries no data: it pastes text into a JavaScript template literal, where a citizen's
`${…}` runs as code (`map.md` 5). So its carriers of text are named nowhere, and Folium itself only where maps are made.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "app"
CARRIERS = frozenset({"Popup", "Tooltip", "GeoJsonPopup", "GeoJsonTooltip", "DivIcon", "Html", "IFrame"})
MAKERS = "web/map"  # app/web/map.py, or a package of that name


def carriers_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in CARRIERS:
            yield node.attr
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.name in CARRIERS)


def imports_folium(source: str) -> bool:
    named: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            named.add(node.module or "")
    return any(name.split(".")[0] in {"folium", "branca"} for name in named)


def test_no_file_names_a_folium_carrier_of_text() -> None:
    found = {str(path.relative_to(APP)): list(carriers_in(path.read_text())) for path in APP.rglob("*.py")}
    assert {path: names for path, names in found.items() if names} == {}


def test_only_the_makers_of_maps_import_folium() -> None:
    importing = {path.relative_to(APP).as_posix() for path in APP.rglob("*.py") if imports_folium(path.read_text())}
    assert importing
    assert {path for path in importing if not path.startswith(MAKERS)} == set()


@pytest.mark.parametrize(
    "source",
    ["import folium\nfolium.Popup('x')", "from folium import DivIcon", "from folium.features import GeoJsonPopup as P"],
)
def test_the_ban_finds_what_it_looks_for(source: str) -> None:
    assert list(carriers_in(source))
    assert imports_folium(source)
