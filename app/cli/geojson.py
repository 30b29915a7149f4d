"""GeoJSON files of operators, plain or gzipped, bounded before they are parsed."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

MAX_BYTES = 200 * 1024 * 1024
MAX_DEPTH = 20
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{\]}]')


def read_bounded(path: Path) -> bytes:
    """The content, unpacked. Raises ClickException when it is too large or no gzip file."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise click.ClickException(f"{path} cannot be read: {error}") from error
    if len(data) > MAX_BYTES:
        raise click.ClickException(f"{path} is larger than {MAX_BYTES // 1024 // 1024} MB.")
    return data


def features(path: Path) -> list[Any]:
    """The features of a collection. Raises ClickException when it is none."""
    data = read_bounded(path)
    _check_depth(data, path)
    try:
        found = json.loads(data)
    except ValueError as error:
        raise click.ClickException(f"{path} is not JSON: {error}") from error
    listed = found.get("features") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise click.ClickException(f"{path} is not a GeoJSON FeatureCollection.")
    return listed


def properties(feature: Any) -> dict[str, Any]:
    """Its properties, or none."""
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def geometry(feature: Any) -> BaseGeometry | None:
    """Its geometry; None where it has none that can be read."""
    try:
        return shape(feature["geometry"])
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def _check_depth(data: bytes, path: Path) -> None:
    if any(depth > MAX_DEPTH for depth in _depths(data)):
        raise click.ClickException(f"{path} is nested deeper than {MAX_DEPTH} levels.")


def _depths(data: bytes) -> Iterator[int]:
    depth = 0
    for found in _BRACKET.finditer(data):
        mark = found.group()[:1]
        depth += mark in b"[{"
        depth -= mark in b"]}"
        yield depth
