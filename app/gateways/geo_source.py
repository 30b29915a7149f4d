"""What every format gives to the reading process: one layer of features, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

Found = tuple[dict[str, Any], BaseGeometry | str]
Selection = Sequence[tuple[str, str]]
NOTHING = "has no geometry"
NOT_A_NUMBER = "has a coordinate that is not a number"


class Unreadable(Exception):
    """The whole file is refused; the message is a clause that follows its name."""


@dataclass(frozen=True)
class Wish:
    """`osm`: the tags of an extract that are asked for, each with its values (`geo_osm.extract`)."""

    path: Path
    layer: str = ""
    encoding: str = ""
    osm: Selection = ()


@dataclass(frozen=True)
class Read:
    """One layer: its coordinate system as the file names it; properties and geometry (or why there is none), each."""

    crs: str | None
    features: Iterator[Found]
