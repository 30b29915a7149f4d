"""Small OpenStreetMap extracts for tests, written by hand: nodes, ways and relations as PBF, unpacked and not dense.

The real extracts at hand hold no boundary; a library that writes them would be one more to keep for this alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from shapely.geometry import MultiPolygon, Polygon

Tags = Mapping[str, str]
WAY_MAX = 1900
_WAY = 1


class Extract:
    """Add nodes, ways and relations, then write."""

    def __init__(self) -> None:
        self._strings: dict[str, int] = {"": 0}
        self._nodes: dict[tuple[float, float], int] = {}
        self._told: list[bytes] = []
        self._ways: list[bytes] = []
        self._relations: list[bytes] = []

    def point(self, lon: float, lat: float, tags: Tags | None = None) -> int:
        """A node; one without tags is shared by all that pass through it."""
        key = (round(lon, 7), round(lat, 7))
        if not tags and key in self._nodes:
            return self._nodes[key]
        number = len(self._told) + 1
        self._told.append(
            _number(1, _zigzag(number))
            + self._tags(tags or {})
            + _number(8, _zigzag(_fixed(lat)))
            + _number(9, _zigzag(_fixed(lon)))
        )
        if not tags:
            self._nodes[key] = number
        return number

    def way(self, points: Iterable[Sequence[float]], tags: Tags | None = None) -> int:
        """A way through these points."""
        number = len(self._ways) + 1
        nodes = [self.point(each[0], each[1]) for each in points]
        self._ways.append(_number(1, number) + self._tags(tags or {}) + _packed(8, map(_zigzag, _steps(nodes))))
        return number

    def relation(self, number: int, ways: Sequence[tuple[int, str]], tags: Tags) -> None:
        """A relation of ways with their roles."""
        self._relations.append(
            _number(1, number)
            + self._tags(tags)
            + _packed(8, (self._string(role) for _, role in ways))
            + _packed(9, map(_zigzag, _steps([way for way, _ in ways])))
            + _packed(10, [_WAY] * len(ways))
        )

    def boundary(self, number: int, area: MultiPolygon | Polygon, tags: Tags, *, without: int = 0) -> None:
        """A boundary relation; the last `without` of its ways are missing, as at the edge of an extract."""
        parts = area.geoms if isinstance(area, MultiPolygon) else [area]
        ways = [
            (way, role)
            for part in parts
            for role, ring in (("outer", part.exterior), *(("inner", hole) for hole in part.interiors))
            for way in self._ring(list(ring.coords))
        ]
        self.relation(
            number, ways[: len(ways) - without], {"type": "boundary", "boundary": "administrative"} | dict(tags)
        )

    def write(self, path: Path) -> Path:
        """Write the extract."""
        table = b"".join(_bytes(1, text.encode()) for text in self._strings)
        groups = [
            b"".join(_bytes(field, each) for each in listed)
            for field, listed in ((1, self._told), (3, self._ways), (4, self._relations))
        ]
        block = _bytes(1, table) + b"".join(_bytes(2, group) for group in groups if group)
        path.write_bytes(_blob(b"OSMHeader", _bytes(4, b"OsmSchema-V0.6")) + _blob(b"OSMData", block))
        return path

    def _ring(self, points: list[tuple[float, ...]]) -> list[int]:
        cuts = [*range(0, len(points) - 1, max(2, min(WAY_MAX, len(points) // 2))), len(points) - 1]
        return [self.way(points[start : end + 1]) for start, end in pairwise(cuts)]

    def _tags(self, tags: Tags) -> bytes:
        if not tags:  # GDAL takes an empty list for damage
            return b""
        return _packed(2, map(self._string, tags)) + _packed(3, map(self._string, tags.values()))

    def _string(self, text: str) -> int:
        return self._strings.setdefault(text, len(self._strings))


def _blob(kind: bytes, content: bytes) -> bytes:
    body = _bytes(1, content)
    head = _bytes(1, kind) + _number(3, len(body))
    return len(head).to_bytes(4, "big") + head + body


def _fixed(degrees: float) -> int:
    return round(degrees * 1e7)


def _steps(numbers: Sequence[int]) -> list[int]:
    return [b - a for a, b in pairwise([0, *numbers])]


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _packed(field: int, values: Iterable[int]) -> bytes:
    return _bytes(field, b"".join(map(_varint, values)))
