"""What an import answers: how much was read, what came of it, and each refused line with its reason."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal:
    """`line`: number of the line or feature, from 1; `reason`: a sentence, a DomainError's code, or the repair."""

    line: int
    reason: str


@dataclass
class Outcome:
    """`counts`: read, new, changed, unchanged, repaired, …; those refused, and those mended, with what was done."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Refusal] = field(default_factory=list)
    repaired: list[Refusal] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        self.refused.append(Refusal(line, reason))

    def repair(self, line: int, done: str) -> None:
        self.repaired.append(Refusal(line, done))
        self.counts["repaired"] += 1
