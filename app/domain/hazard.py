"""The words of a hazard: its statuses, kinds and marks. Source: the taxonomy in `data/hazard_types.yaml`."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """One at a time. Made safe, disputed, overdue, held and the like are marks beside it."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    PLANNED = "planned"
    ON_HOLD = "on_hold"
    FIX_REPORTED = "fix_reported"
    FIXED = "fixed"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    HANDED_OVER = "handed_over"

    @property
    def is_open(self) -> bool:
        return self in OPEN_STATUSES


CLOSED_STATUSES = frozenset({Status.FIXED, Status.NOT_FOUND, Status.REJECTED, Status.DUPLICATE, Status.HANDED_OVER})
OPEN_STATUSES = frozenset(Status) - CLOSED_STATUSES


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class GeometryKind(StrEnum):
    POINT = "point"
    LINE = "line"
    AREA = "area"


class Publish(StrEnum):
    """When the public may see a hazard of this type; text and photos always wait for a moderator."""

    PIN_AT_ONCE = "pin_at_once"
    AFTER_REVIEW = "after_review"
    NEVER = "never"


class EmergencyMode(StrEnum):
    CALL_FIRST = "call_first"
    IF_INJURED = "if_injured"
    NONE = "none"


class Channel(StrEnum):
    WEB = "web"
    PHONE = "phone"
    API = "api"
    IMPORT = "import"
    PATROL = "patrol"


class ReportKind(StrEnum):
    """What a report says: a hazard, the same seen by another, later words, "not fixed", "safe now", an answer."""

    NEW = "new"
    SEEN_TOO = "seen_too"
    ADDITION = "addition"
    STILL_DANGEROUS = "still_dangerous"
    SAFE_NOW = "safe_now"
    ANSWER = "answer"


class Moderation(StrEnum):
    PENDING = "pending"
    CLEARED = "cleared"
    REFUSED = "refused"


class PhotoKind(StrEnum):
    REPORT = "report"
    MADE_SAFE = "made_safe"
    FIXED = "fixed"
    SITE = "site"
    BEFORE = "before"


class Measure(StrEnum):
    """What counts as made safe (domain notes §1.2). A tyre, a branch, tape or a cloth is marking and is not here."""

    RIGID_COVER = "rigid_cover"
    GRID = "grid"
    FULL_FENCE = "full_fence"
    POWER_OFF = "power_off"
    WATER_PUMPED = "water_pumped"
    GUARD_POSTED = "guard_posted"


class RejectReason(StrEnum):
    """Closed list. "Not ours" is not on it: that is forwarding."""

    NO_HAZARD = "no_hazard"
    ABUSE = "abuse"
    NOT_ENOUGH_DETAIL = "not_enough_detail"
    OUTSIDE_SERVICE_AREA = "outside_service_area"
    TEST_REPORT = "test_report"


class HoldReason(StrEnum):
    """Closed list: what work waits for. No clock stops meanwhile: danger does not wait."""

    REPORTER_ANSWER = "reporter_answer"
    OTHER_BODY = "other_body"
    WEATHER = "weather"
    SPARE_PARTS = "spare_parts"
    PERMIT = "permit"
    NO_ACCESS = "no_access"
    MONEY = "money"


class Proposal(StrEnum):
    """What one person proposes and another confirms; a reported fix is a status of its own."""

    REJECTION = "rejection"
    NOT_FOUND = "not_found"
    HAND_OVER = "hand_over"
    DUPLICATE = "duplicate"


class Basis(StrEnum):
    """Why this body: decisions §6."""

    BY_RULE = "by_rule"
    BY_AREA = "by_area"
    BY_HINT = "by_hint"
    NEAREST = "nearest"
    DEFAULT_TRIAGE = "default_triage"
    CONFIRMED_BY_BODY = "confirmed_by_body"
    BY_DECISION = "by_decision"


PUT_BY_PEOPLE = frozenset({Basis.CONFIRMED_BY_BODY, Basis.BY_DECISION})
"""A body took it on, or somebody sent it there: no rule takes it away unasked."""


class Clock(StrEnum):
    MAKE_SAFE = "make_safe"
    FIX = "fix"


class FixUnit(StrEnum):
    HOURS = "h"
    WORKING_DAYS = "wd"


@dataclass(frozen=True)
class Target:
    """Target times of a hazard type: make safe in clock hours, fix in hours or working days; None = not applicable."""

    make_safe_hours: int | None
    fix_value: int | None
    fix_unit: FixUnit | None


MAX_TEXT = 4000
MAX_PHOTOS = 5
MOST_LINK_DAYS = 30
"""So long may a contractor's link be good."""
