"""Ratios of things run in turn, in one run: nothing else counts on a noisy machine.

Decision: baseline, candidate, baseline, candidate ...; the median of the pairs' ratios is the figure, and a baseline
that wavers by more than a quarter makes it invalid. Turned down: seconds, which compare machines and hours of the day.
"""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

WAVERS = 0.25


@dataclass(frozen=True)
class Goal:
    """`pairs`: (baseline, candidate), in whatever unit; their ratio is candidate / baseline."""

    name: str
    pairs: Sequence[tuple[float, float]]
    limit: float
    at_least: bool = False

    @property
    def ratios(self) -> list[float]:
        return [candidate / baseline for baseline, candidate in self.pairs]

    @property
    def verdict(self) -> str:
        """`invalid` where the baseline wavers (a fixed one: the candidate); else `ok` or `short`."""
        baselines, candidates = zip(*self.pairs, strict=True)
        if _wavers(candidates if len(set(baselines)) == 1 else baselines):
            return "invalid"
        found = median(self.ratios)
        return "ok" if (found >= self.limit if self.at_least else found <= self.limit) else "short"

    def __str__(self) -> str:
        found, sign = self.ratios, ">=" if self.at_least else "<="
        return (
            f"goal {self.name} ratio {median(found):.3f} min {min(found):.3f} max {max(found):.3f}"
            f" limit {sign} {self.limit:g} {self.verdict}"
        )


def _wavers(figures: Sequence[float]) -> bool:
    return max(figures) - min(figures) > WAVERS * median(figures)


def percentile(times: Sequence[float], share: float) -> float:
    """The nearest rank: `share` 0.99 of the values are no larger."""
    ranked = sorted(times)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


@dataclass(frozen=True)
class Took:
    """Seconds by the clock on the wall, and of the processors of client and server."""

    wall: float
    busy: float


class Server:
    """A server process and its time on a processor, as the kernel keeps it."""

    def __init__(self, process: int) -> None:
        self._clock = (~process << 3) | 2  # what clock_getcpuclockid(3) makes of a process

    def seconds(self) -> float:
        return time.clock_gettime(self._clock)


def machine() -> str:
    """Processor, cores, memory, how busy it is now."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    size = f"{int(memory[1]) / 2**20:.0f} GiB" if memory else "?"
    name = model[1] if model else platform.machine()
    return f"machine {name}, {os.cpu_count()} cores, {size}, load {os.getloadavg()[0]:.1f}"
