"""Files that operators hand to commands: bounded text, and features read in a process with limits."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from app.config import Settings
from app.gateways.geo_limits import FILE, Limits
from app.gateways.geofile import Asked, Feature, GeoFileError, read

MAX_BYTES = 200 * 1024 * 1024


def asked(settings: Settings, **more: Any) -> Asked:
    """What to ask of a file, on this deployment's part of the world."""
    return Asked(bounds=settings.policy.bounds, **more)


def features(path: Path, wish: Asked | None = None, limits: Limits = FILE) -> Iterator[Feature]:
    """Its features one by one. Raises ClickException when the file is refused, also after some of them."""
    try:
        yield from read(path, wish or Asked(), limits)
    except GeoFileError as error:
        raise click.ClickException(str(error)) from error


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
