"""How bad it is: points with thresholds to four levels, and the explanation that is stored with them (decisions §6).

The type gives the base; circumstances add, a season may take away. The weights are data (`data/severity.yaml`), after
the taxonomy's `severity_modifiers`. Deterministic: the same circumstances in the same month give the same points.
Turned down: a factor for each circumstance, which nobody can add up in his head.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.hazard import Severity

_STEP = 20


@dataclass(frozen=True)
class Awake:
    """These types are worse in these months."""

    types: frozenset[str]
    months: frozenset[int]
    points: int


@dataclass(frozen=True)
class Weights:
    """`near_children`: (metres, points), the nearest first. Levels begin at `levels`, from critical down."""

    base: Mapping[Severity, int] = field(
        default_factory=lambda: {Severity.LOW: 10, Severity.MEDIUM: 30, Severity.HIGH: 50, Severity.CRITICAL: 70}
    )
    levels: tuple[tuple[int, Severity], ...] = ((70, Severity.CRITICAL), (50, Severity.HIGH), (30, Severity.MEDIUM))
    someone_hurt: int = _STEP
    hidden: int = _STEP
    water: int = _STEP
    near_children: tuple[tuple[float, int], ...] = ((150.0, _STEP), (300.0, 10))
    out_of_season: int = -2 * _STEP
    awake: tuple[Awake, ...] = ()

    @property
    def reach_m(self) -> float:
        """How far away children still count, metres."""
        return max((within for within, _ in self.near_children), default=0.0)


WEIGHTS = Weights()
KEPT = "kept"


@dataclass(frozen=True)
class Kind:
    """What severity asks of a hazard type. `season`: its months, none: all year."""

    code: str
    base: Severity
    season: Sequence[int] = ()


@dataclass(frozen=True)
class Circumstances:
    """`children_m`: metres to the nearest place of children, None where none is near; `month`: 1 to 12, local.

    `kept`: it was critical before its own body corrected it, and stays so until an arbiter agrees.
    """

    month: int
    someone_hurt: bool = False
    hidden: bool = False
    water: bool = False
    children_m: float | None = None
    kept: bool = False


@dataclass(frozen=True)
class Points:
    """`metres`: how far the place of children is, to 10 m (decisions §12)."""

    reason: str
    points: int
    metres: int | None = None

    def as_stored(self) -> dict[str, Any]:
        """For `hazard.severity_why`."""
        stored: dict[str, Any] = {"reason": self.reason, "points": self.points}
        return stored if self.metres is None else stored | {"metres": self.metres}


@dataclass(frozen=True)
class Score:
    level: Severity
    points: int
    because: tuple[Points, ...]


def score(kind: Kind, what: Circumstances, weights: Weights = WEIGHTS) -> Score:
    """Points and level; `because` adds up to `points`, its reasons are codes for `web/labels.py`."""
    because = [Points("type", weights.base[kind.base])]
    marks = (("someone_hurt", what.someone_hurt), ("hidden", what.hidden), ("water", what.water))
    because += [Points(name, getattr(weights, name)) for name, seen in marks if seen]
    because += _near_children(what, weights) + _by_month(kind, what.month, weights)
    because += _kept(because, weights) if what.kept else []
    total = sum(part.points for part in because)
    level = next((level for threshold, level in weights.levels if total >= threshold), Severity.LOW)
    return Score(level, total, tuple(because))


def _kept(because: Sequence[Points], weights: Weights) -> list[Points]:
    """The points that are wanting to the highest level."""
    wanting = weights.levels[0][0] - sum(part.points for part in because)
    return [Points(KEPT, wanting)] if wanting > 0 else []


def read_weights(given: Mapping[str, Any]) -> Weights:
    """Weights of the data file. Raises KeyError or ValueError for a level or a name that is none."""
    levels = sorted(((int(points), Severity(level)) for level, points in given["levels"].items()), reverse=True)
    awake = [Awake(frozenset(row["types"]), frozenset(row["months"]), row["points"]) for row in given["awake"]]
    near = sorted((float(row["within_m"]), int(row["points"])) for row in given["near_children"])
    return Weights(
        base={Severity(level): int(points) for level, points in given["base"].items()},
        levels=tuple(levels),
        near_children=tuple(near),
        awake=tuple(awake),
        **{name: int(given[name]) for name in ("someone_hurt", "hidden", "water", "out_of_season")},
    )


def _near_children(what: Circumstances, weights: Weights) -> list[Points]:
    if what.children_m is None:
        return []
    points = next((points for within, points in weights.near_children if what.children_m <= within), 0)
    return [Points("near_children", points, int(round(what.children_m, -1)))] if points else []


def _by_month(kind: Kind, month: int, weights: Weights) -> list[Points]:
    if kind.season and month not in kind.season:
        return [Points("out_of_season", weights.out_of_season)]
    points = sum(row.points for row in weights.awake if kind.code in row.types and month in row.months)
    return [Points("in_season", points)] if points else []
