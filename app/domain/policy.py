"""The settings that rules need, handed down by the doors as one value."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.geo import WORLD, Bounds
from app.domain.severity import WEIGHTS, Weights
from app.domain.signs import NO_SIGNS, Signs


@dataclass(frozen=True)
class Policy:
    """`receipt_key`: secret bytes; `tolerance_m`: how far outside every area the nearest one still answers, metres.

    `owner_within`: how long the arbiter may take to say who owns what nobody owns up to. `answer_within`: how long the
    fix clock waits for a reporter's answer at most. `fix_proof_m`: how near to the hazard the photo of a fix must be
    taken to close it, metres; None: a photo alone closes. `unplaced_look_lasts`: for how long a measure is trusted anew
    where the photo of the look does not show the place. `known_after`: for so long after somebody has joined, they and
    the colleague who invited them count as one person where a second one is asked for.
    `undo_merge_within`: how long a joined duplicate can be taken back. `repeat_within`: how long after a fix the same
    spot counts as a repeat; `root_cause_after`: when it is dangerous for this time, a cause is looked for (0: never).
    """

    receipt_key: bytes
    timezone: ZoneInfo
    tolerance_m: float = 250.0
    bounds: Bounds = WORLD
    made_safe_lasts: timedelta = timedelta(hours=72)
    owner_within: timedelta = timedelta(hours=72)
    fix_proof_m: float | None = 150.0
    unplaced_look_lasts: timedelta = timedelta(hours=24)
    known_after: timedelta = timedelta(days=30)
    undo_merge_within: timedelta = timedelta(days=30)
    repeat_within: timedelta = timedelta(days=365)
    root_cause_after: int = 3
    answer_within: timedelta = timedelta(days=5)
    weights: Weights = WEIGHTS
    signs: Signs = NO_SIGNS

    def day(self, moment: datetime) -> date:
        """The local day of an aware moment."""
        return moment.astimezone(self.timezone).date()
