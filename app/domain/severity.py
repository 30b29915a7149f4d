"""How bad it is: points with thresholds to four levels, and the explanation that is stored with them (decisions §6).

The type gives the base; circumstances add. Weights are proposals of the taxonomy (`severity_modifiers`: one step each).
"""

from dataclasses import dataclass

from app.domain.hazard import Severity

BASE = {Severity.LOW: 10, Severity.MEDIUM: 30, Severity.HIGH: 50, Severity.CRITICAL: 70}
THRESHOLDS = ((70, Severity.CRITICAL), (50, Severity.HIGH), (30, Severity.MEDIUM), (0, Severity.LOW))
SOMEONE_HURT = 20


@dataclass(frozen=True)
class Points:
    reason: str
    points: int


@dataclass(frozen=True)
class Score:
    level: Severity
    points: int
    because: tuple[Points, ...]


def score(base: Severity, *, someone_hurt: bool) -> Score:
    """Points of the type's own severity and of what is known about the place; `reason` is a code for
    `web/labels.py`.
    """
    because = [Points("type", BASE[base])]
    if someone_hurt:
        because.append(Points("someone_hurt", SOMEONE_HURT))
    total = sum(part.points for part in because)
    level = next(level for threshold, level in THRESHOLDS if total >= threshold)
    return Score(level, total, tuple(because))
