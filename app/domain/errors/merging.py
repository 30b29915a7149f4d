"""Refusals of joining duplicates, of taking that back, and of tasks about a cause."""

from app.domain.errors.base import DomainError


class MergeWouldHide(DomainError):
    """Everybody sees the duplicate, and nobody would see the one that stays."""

    code = "merge_would_hide"


class TooFarToJoin(DomainError):
    """`metres` between their shapes; `limit`: within which hazards of these kinds are joined."""

    code = "too_far_to_join"


class OtherGroup(DomainError):
    """An open manhole and a fallen wire are never one hazard."""

    code = "other_group"


class CannotStay(DomainError):
    """Only what is open or fixed can take over a duplicate: what was rejected or not found is no danger to anybody."""

    code = "cannot_stay"


class ReportedAfterFix(DomainError):
    """What was reported after a fix is dangerous anew, and no duplicate."""

    code = "reported_after_fix"


class EndWaits(DomainError):
    """Somebody has said that the danger of the one that would stay is gone, and nobody has decided that yet."""

    code = "end_waits"


class JoinedBySame(DomainError):
    """Whoever has joined a hazard to another one does not also confirm the end of the two."""

    code = "joined_by_same"


class StillJoined(DomainError):
    """Reopened alone it would come back without its reports."""

    code = "still_joined"


class UndoLaterFirst(DomainError):
    """Another one was joined since."""

    code = "undo_later_first"


class UndoTooLate(DomainError):
    """A joining can be taken back for a set time only."""

    code = "undo_too_late"


class UnknownMerge(DomainError):
    code = "unknown_merge"


class UnknownRootCause(DomainError):
    code = "unknown_root_cause"


class NeedsPlan(DomainError):
    code = "needs_plan"
