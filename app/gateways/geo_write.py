"""A GeoPackage of features, written by a process with limits (`geo_write_worker`)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import orjson

from app.gateways.geo_limits import MB

_ROOT = Path(__file__).parents[2]
MEMORY, CPU_S, WALL_S = 3072 * MB, 120, 180.0


class GeoWriteError(Exception):
    """The file could not be written; the message is for the log."""


def write_geopackage(
    path: Path, *, layer: str, fields: Sequence[tuple[str, str]], features: Iterable[tuple[bytes, Sequence[Any]]]
) -> int:
    """Features as (WKB in degrees, values in the order of `fields`); how many. Raises GeoWriteError.

    `fields`: (name, kind); kinds are those of the worker, moments in UTC without their offset.
    """
    asked = {"path": str(path), "layer": layer, "fields": list(fields), "memory": MEMORY, "cpu_s": CPU_S}
    writer = _started()
    assert writer.stdin is not None  # noqa: S101 - we asked for the pipe
    try:
        writer.stdin.write(orjson.dumps(asked, option=orjson.OPT_APPEND_NEWLINE))
        for shape, values in features:
            line = {"g": shape.hex(), "v": list(values)}
            writer.stdin.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        said, _nothing = writer.communicate(timeout=WALL_S)
    except (BrokenPipeError, subprocess.TimeoutExpired) as error:
        raise GeoWriteError("the writer broke down or took too long") from error
    finally:
        writer.kill()
        writer.wait()
    if writer.returncode != 0:
        raise GeoWriteError(f"the writer ended with {writer.returncode}")
    return cast("int", orjson.loads(said)["end"])


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.gateways.geo_write_worker"],
        cwd=_ROOT,
        env={"LANG": "C.UTF-8", "PROJ_NETWORK": "OFF", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
