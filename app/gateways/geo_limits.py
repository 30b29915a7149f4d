"""How much a geographic file may ask of the machine (decisions §30: the command line reads a whole country)."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """`unpacked`: bytes of JSON once unpacked, or of an extract; `shapes`: bytes of a Shapefile; `written`: bytes of a
    scratch file; `vertices` of one feature, `all_vertices` of the file; `mend_…`: for one outline.
    """

    memory: int = 3072 * MB
    cpu_s: int = 900
    wall_s: float = 1800.0
    unpacked: int = 200 * MB
    shapes: int = 1024 * MB
    written: int = 4096 * MB
    depth: int = 20
    features: int = 2_000_000
    vertices: int = 500_000
    all_vertices: int = 50_000_000
    mend_s: int = 20
    mend_memory: int = 1024 * MB


FILE = Limits()
EXTRACT = Limits(memory=6144 * MB, cpu_s=7200, wall_s=14_400.0, unpacked=20_480 * MB, written=65_536 * MB)
