"""Features of a geographic file (GeoJSON, GeoPackage, zipped Shapefile, OSM extract), read by a process with limits.

The file may crash, hang or swell that process (`geo_worker`): here this is one refusal in one sentence.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from app.domain.geo import WORLD, Bounds
from app.gateways.geo_limits import FILE, Limits
from app.gateways.geo_source import Selection

_ROOT = Path(__file__).parents[2]


class GeoFileError(Exception):
    """The whole file is refused; the message is one sentence for an operator."""


@dataclass(frozen=True)
class Feature:
    """`line`: from 1; `done`: what was mended; `problem`: why it has no geometry that can be used."""

    line: int
    properties: Mapping[str, Any]
    geometry: BaseGeometry | None
    done: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Asked:
    """`layer`, `encoding`: where the file leaves a choice; `bounds`: expected place; `mend`: make areas of polygons;
    `osm`: the tags of an extract that are asked for, with their values.
    """

    layer: str = ""
    encoding: str = ""
    bounds: Bounds = WORLD
    mend: bool = False
    osm: Selection = ()


def read(path: Path, asked: Asked = Asked(), limits: Limits = FILE) -> Iterator[Feature]:
    """Features in WGS84, longitude first, one by one. Raises GeoFileError, also after some of them."""
    reader = _started()
    late = threading.Timer(limits.wall_s, _signal, [reader, signal.SIGALRM])
    late.start()
    ended = False
    try:
        for said in _answers(reader, _request(path, asked, limits)):
            if "error" in said:
                raise GeoFileError(f"{path.name} {said['error']}.")
            ended = "end" in said
            if not ended:
                yield _feature(said)
        if not ended:
            raise GeoFileError(f"{path.name} {_why(reader.wait(), limits)}.")
    finally:
        late.cancel()
        _end(reader)


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.gateways.geo_worker"],
        cwd=_ROOT,
        env={"LANG": "C.UTF-8", "PROJ_NETWORK": "OFF", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _request(path: Path, asked: Asked, limits: Limits) -> bytes:
    wish = {"path": str(path.absolute()), "layer": asked.layer, "encoding": asked.encoding, "osm": list(asked.osm)}
    return orjson.dumps(
        {"wish": wish, "limits": asdict(limits), "bounds": asdict(asked.bounds), "mend": asked.mend},
        option=orjson.OPT_APPEND_NEWLINE,
    )


def _answers(reader: subprocess.Popen[bytes], request: bytes) -> Iterator[dict[str, Any]]:
    assert reader.stdin is not None  # noqa: S101 - we asked for both pipes
    assert reader.stdout is not None  # noqa: S101 - as above
    with suppress(BrokenPipeError):  # it died at its start: its status says why
        reader.stdin.write(request)
        reader.stdin.close()
    for line in reader.stdout:
        if line.endswith(b"\n"):  # else the reader died in the middle of it
            yield orjson.loads(line)


def _feature(said: Mapping[str, Any]) -> Feature:
    geometry = shapely.from_wkb(said["g"]) if "g" in said else None
    return Feature(said["line"], said["p"], geometry, tuple(said.get("done", ())), said.get("problem", ""))


def _why(status: int, limits: Limits) -> str:
    if status == -signal.SIGXCPU:
        return f"takes more than {limits.cpu_s} s to read"
    if status == -signal.SIGALRM:
        return f"is not read in {limits.wall_s:.0f} s"
    return f"cannot be read: the reader broke down over it ({status})"


def _signal(reader: subprocess.Popen[bytes], number: int) -> None:
    """To the reader and to what it has forked, which would else hold the pipe open: it leads a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(reader.pid, number)


def _end(reader: subprocess.Popen[bytes]) -> None:
    _signal(reader, signal.SIGKILL)
    reader.wait()
    for pipe in (reader.stdin, reader.stdout):
        if pipe is not None:
            pipe.close()
