"""Writes a GeoPackage in a process of its own: `python -m app.gateways.geo_write_worker`, for `geo_write.py`.

GDAL is no guest of the web's process: it may crash, and its memory is bounded here.
Request: a line of JSON `{"path", "layer", "fields": [[name, kind]], "memory", "cpu_s"}`, then one for each feature,
`{"g": WKB as hex, "v": [values in the order of the fields]}`. Kinds: text, whole, number, yes_no, moment, day.
Answer: `{"end": features}`.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import Any, BinaryIO

import numpy as np
import orjson
import pyogrio

EMPTY: dict[str, Any] = {
    "text": "",
    "whole": 0,
    "number": 0.0,
    "yes_no": False,
    "moment": "1970-01-01",
    "day": "1970-01-01",
}
TYPES: dict[str, Any] = {
    "text": object,
    "whole": np.int64,
    "number": np.float64,
    "yes_no": np.bool_,
    "moment": "datetime64[ms]",
    "day": "datetime64[D]",
}
UTC_FLAG = 100
"""GDAL's number of a moment in UTC."""


def write(asked: dict[str, Any], features: list[dict[str, Any]]) -> None:
    """One layer of whatever shapes, in degrees, longitude first."""
    shapes = np.array([bytes.fromhex(each["g"]) for each in features], dtype=object)
    names = [name for name, _kind in asked["fields"]]
    kinds = [kind for _name, kind in asked["fields"]]
    columns = [[each["v"][place] for each in features] for place in range(len(kinds))]
    pyogrio.raw.write(  # type: ignore[no-untyped-call]  # pyogrio is untyped here
        asked["path"],
        shapes,
        [_column(cells, kind) for cells, kind in zip(columns, kinds, strict=True)],
        names,
        field_mask=[np.array([cell is None for cell in cells], dtype=bool) for cells in columns],
        layer=asked["layer"],
        driver="GPKG",
        geometry_type="Unknown",
        crs="EPSG:4326",
        gdal_tz_offsets={
            name: np.full(len(features), UTC_FLAG) for name, kind in zip(names, kinds, strict=True) if kind == "moment"
        },
    )


def _column(cells: list[Any], kind: str) -> Any:
    """An array of the kind's type; what is empty is masked."""
    return np.array([EMPTY[kind] if cell is None else cell for cell in cells], dtype=TYPES[kind])


def main(source: BinaryIO, out: BinaryIO) -> None:
    """Answer one request."""
    asked = orjson.loads(source.readline())
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory"], asked["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (asked["cpu_s"], asked["cpu_s"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    features = [orjson.loads(line) for line in source]
    write(asked, features)
    out.write(orjson.dumps({"end": len(features)}))
    out.flush()


if __name__ == "__main__":
    os.environ["PROJ_NETWORK"] = "OFF"
    main(sys.stdin.buffer, sys.stdout.buffer)
