"""What of a correction the public is told: it may be right, and it may make a danger look smaller.

Decision: a new kind, another body, another level of danger or a place that is `NEWS_M` or more from the one the public
last knew of stand in the public history, with what was before and what is now, at once and without anybody's leave;
the words of staff never do unasked. Turned down: a second person for each correction, which at night would leave the
wrong kind, and with it the wrong body, standing until the morning. What a correction by the body cannot do alone is
make a critical hazard less dangerous: it stays critical until the coordinator agrees (`actions/severity.py`).

Whoever has moved the pin or changed the kind does not also confirm the end; a correction by an arbiter settles both,
also for what was joined to the hazard before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NEWS_M = STEP_M = 50
"""A pin that is put nearer to where it was is only a better pin, metres; the public reads distances in such steps."""
NEWS = frozenset({"from_type", "from_severity"})
PUBLIC_NEWS = frozenset({"from_severity", "to_severity", "moved_m"})
"""Of the facts of a correction, beside names, what everybody may know; metres in steps of 50."""
FACTS = frozenset(
    {"from_type", "to_type", "from_severity", "to_severity", "from_hints", "moved_m", "from_place", "from_near"}
) | {"to_near", "kept", "arbiter"}
"""Keys of the event of a correction: what was and what is now. `from_place`: the exact place before, for staff."""


@dataclass(frozen=True)
class Line:
    """An earlier correction: who made it, what changed, and whether the public knows of it."""

    account_id: int | None
    public: bool
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Corrected:
    """`moved_m`: by how much the pin was moved in all since it was reported, or since an arbiter put it right, metres;
    `unseen_m`: of that, what the public was not told yet. `movers`, `namers`: accounts that moved it, and that changed
    the kind.
    """

    moved_m: int = 0
    unseen_m: int = 0
    movers: frozenset[int | None] = frozenset()
    namers: frozenset[int | None] = frozenset()

    @property
    def authors(self) -> frozenset[int | None]:
        """Who does not confirm the end of it."""
        return self.namers | (self.movers if self.moved_m >= NEWS_M else frozenset())

    def after(self, line: Line) -> "Corrected":
        """With one correction more."""
        metres, arbiter = int(line.data.get("moved_m") or 0), bool(line.data.get("arbiter"))
        moved, unseen, movers, namers = self.moved_m, self.unseen_m, self.movers, self.namers
        if metres:
            moved, unseen = (0, 0) if arbiter else (moved + metres, unseen + metres)
            movers = frozenset() if arbiter else movers | {line.account_id}
        if line.data.get("from_type"):
            namers = frozenset() if arbiter else namers | {line.account_id}
        return Corrected(moved, 0 if line.public else unseen, movers, namers)

    def with_joined(self, joined: Iterable["Corrected"]) -> "Corrected":
        """Together with those of the hazards that were joined to it: the farthest move, and all who are authors."""
        parts = (self, *joined)
        return Corrected(
            max(part.moved_m for part in parts),
            self.unseen_m,
            frozenset[int | None]().union(*(part.movers for part in parts if part.moved_m >= NEWS_M)),
            frozenset[int | None]().union(*(part.namers for part in parts)),
        )


def all_of(lines: Iterable[Line]) -> Corrected:
    """What the corrections of a hazard come to, the first one first."""
    found = Corrected()
    for line in lines:
        found = found.after(line)
    return found


def is_news(facts: Mapping[str, Any], *, another_body: bool, unseen_m: int) -> bool:
    """Whether the public is told of a correction with these facts; `unseen_m`: moved before, and not told."""
    moved = int(facts.get("moved_m") or 0)
    return another_body or bool(NEWS & facts.keys()) or (moved + unseen_m >= NEWS_M and moved > 0)
