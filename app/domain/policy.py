"""The settings that rules need, handed down by the doors as one value."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.geo import WORLD, Bounds
from app.domain.severity import WEIGHTS, Weights
from app.domain.violence import NO_SIGNS, Signs


@dataclass(frozen=True)
class Policy:
    """`receipt_key`: secret bytes; `tolerance_m`: how far outside every area the nearest one still answers, metres.

    `owner_within`: how long the arbiter may take to say who owns what nobody owns up to.
    """

    receipt_key: bytes
    timezone: ZoneInfo
    tolerance_m: float = 250.0
    bounds: Bounds = WORLD
    made_safe_lasts: timedelta = timedelta(hours=72)
    owner_within: timedelta = timedelta(hours=72)
    weights: Weights = WEIGHTS
    signs: Signs = NO_SIGNS

    def day(self, moment: datetime) -> date:
        """The local day of an aware moment."""
        return moment.astimezone(self.timezone).date()
