"""What a rule would change before it is saved: gaps it closes or opens, rules it hides, whether it is ever reached.

Judged on the areas that cover all of the rule's area: more areas over a part of it can only bring more rules that go
before (`coverage.py`), so that a rule that is never first here is never first anywhere. The coverage page looks at the
parts of an area too. Turned down: comparing rules by their columns alone, which knows nothing of the order of steps.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.coverage import Answer, Spot, Table, answers, never_first
from app.domain.routing import Candidate, TypeKey

DRAFT_ID = 2**62
"""Stands for the id of a rule that is not saved yet: like a new one, it comes last among equals."""


@dataclass(frozen=True)
class RuleFacts:
    """This body, in this area, for a type or a group or neither, where a hint was seen or always; `valid_until` is the
    first day without it.
    """

    body_id: int
    area_code: str
    hazard_type: str | None
    group: str | None
    hint: str | None
    hint_value: str | None
    rank: int
    valid_from: date
    valid_until: date | None

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class Concern(StrEnum):
    """What is to be said about a rule; `web/labels_admin.py` has the sentence."""

    SAME = "same"
    NO_AREA = "no_area"
    BODY_OFF = "body_off"
    NEVER = "never"
    HIDES = "hides"
    OPENS = "opens"
    LOSES_OWNER = "loses_owner"
    CLOSES = "closes"
    FINDS_OWNER = "finds_owner"
    MOVES = "moves"


WARNINGS = frozenset(Concern) - {Concern.CLOSES, Concern.FINDS_OWNER, Concern.MOVES}


@dataclass(frozen=True)
class Finding:
    """From `day` on in `area` (code). `types`: codes of hazard types; `was` and `now`: codes of bodies, of NEVER and
    HIDES the one that goes before and the one that is not reached.
    """

    concern: Concern
    day: date
    area: str
    types: tuple[str, ...] = ()
    was: str | None = None
    now: str | None = None

    @property
    def is_warning(self) -> bool:
        return self.concern in WARNINGS


@dataclass(frozen=True)
class Scene:
    """One day in one area: what covers it, and the rules there without and with the change."""

    day: date
    spot: Spot
    before: Sequence[Candidate]
    after: Sequence[Candidate]


def changes(scene: Scene, types: Sequence[TypeKey], become: Sequence[TypeKey] | None = None) -> list[Finding]:
    """Whose answers change, type by type, gathered by what becomes of them. `become`: the types as they will be."""
    old = answers([scene.spot], scene.before, types)
    new = answers([scene.spot], scene.after, become or types)
    found: dict[tuple[Concern, str | None, str | None], list[str]] = defaultdict(list)
    for kind in types:
        was, now = old[scene.spot.shown, kind.code][0], new[scene.spot.shown, kind.code][0]
        concern = _what_becomes(was, now)
        if concern is not None:
            found[concern, was.body, now.body].append(kind.code)
    here = scene.spot.shown
    return [Finding(concern, scene.day, here, tuple(codes), was, now) for (concern, was, now), codes in found.items()]


def unreached(scene: Scene, types: Sequence[TypeKey], table: Table, *, draft: int) -> list[Finding]:
    """Whether the rule `draft` is ever first, and which others are not any more because of it."""
    here = scene.spot.shown
    lost_before = {each.rule_id for each in never_first([scene.spot], scene.before, types, table, of={here})}
    lost = never_first([scene.spot], scene.after, types, table, of={here})
    own = [
        Finding(Concern.NEVER, scene.day, here, was=each.before, now=each.body)
        for each in lost
        if each.rule_id == draft
    ]
    others = [
        Finding(Concern.HIDES, scene.day, here, was=each.before, now=each.body)
        for each in lost
        if each.rule_id != draft and each.rule_id not in lost_before
    ]
    return own + list(dict.fromkeys(others))


def _what_becomes(was: Answer, now: Answer) -> Concern | None:
    found: Concern | None = None
    if (was.body, was.is_triage) == (now.body, now.is_triage):
        found = None
    elif now.is_gap:
        found = Concern.OPENS
    elif was.is_gap:
        found = Concern.CLOSES
    elif now.is_triage != was.is_triage:
        found = Concern.LOSES_OWNER if now.is_triage else Concern.FINDS_OWNER
    else:
        found = Concern.MOVES
    return found
