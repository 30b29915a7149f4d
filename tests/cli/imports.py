"""What the tests of the imports share: a city of one square, and a way to call a command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click import Command
from click.testing import CliRunner, Result

from app.config import Settings
from tests.fixtures.web import server_env

SQUARE = [[[76.0, 43.0], [77.0, 43.0], [77.0, 44.0], [76.0, 44.0], [76.0, 43.0]]]
LARGER = [[[76.0, 43.0], [78.0, 43.0], [78.0, 44.0], [76.0, 44.0], [76.0, 43.0]]]
BOW_TIE = [[[76.0, 43.0], [77.0, 44.0], [77.0, 43.0], [76.0, 44.0], [76.0, 43.0]]]


def run(command: Command, settings: Settings, *args: str | Path) -> Result:
    return CliRunner().invoke(command, ["import", *map(str, args)], env=server_env(settings, 8000))


def feature(geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(rings: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": rings}


def collection(path: Path, *features: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path
