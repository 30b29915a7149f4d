"""What an import answers: how much was read, what came of it, and each refused line with its reason."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal:
    """`line`: number of the line or feature, from 1; `reason`: a sentence or the code of a DomainError."""

    line: int
    reason: str


@dataclass
class Outcome:
    """`counts`: read, new, changed, repaired, …; refused ones stand in `refused`."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        self.refused.append(Refusal(line, reason))
