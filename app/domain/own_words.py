"""Whether words are somebody's own, or those of a sealed report over again.

Decision: copied is what has five words in a row of the other text, or keeps more than three fifths of its words (or of
one's own, from three words on) in the same order. Words are compared as `spelling` reads them, so that other letters,
signs or capitals make no text one's own. Turned down: words in any order, which forbids to name the place, the dog and
the bite at all; a distance of meaning, which nobody could explain to the operator who is refused.
"""

from collections.abc import Iterable, Sequence

from app.domain.spelling import spoken

LONGEST_RUN = 4
MOST_SHARED = 0.6
FEWEST = 3


def copies(own: str, heard: Iterable[str]) -> bool:
    """Whether `own` repeats one of the texts `heard`."""
    mine = _words(own)
    return any(_repeats(mine, _words(text)) for text in heard)


def _repeats(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    if not mine or not theirs:
        return False
    shared, run = _in_common(mine, theirs)
    too_much = shared > MOST_SHARED * len(theirs) or (len(mine) >= FEWEST and shared > MOST_SHARED * len(mine))
    return run > LONGEST_RUN or too_much


def _in_common(mine: Sequence[str], theirs: Sequence[str]) -> tuple[int, int]:
    """How many words stand in both in the same order, and how many of them in a row at most."""
    shared, runs, longest = [0] * (len(theirs) + 1), [0] * (len(theirs) + 1), 0
    for word in mine:
        before, run_before, shared, runs = shared, runs, [0], [0]
        for place, other in enumerate(theirs):
            same = word == other
            shared.append(before[place] + 1 if same else max(before[place + 1], shared[place]))
            runs.append(run_before[place] + 1 if same else 0)
        longest = max(longest, *runs)
    return shared[-1], longest


def _words(text: str) -> list[str]:
    return [read[0] for read in spoken(text)]
