"""Refusals of the work on a hazard."""

from app.domain.errors.base import DomainError


class SameHazard(DomainError):
    """A hazard is no duplicate of itself."""

    code = "same_hazard"


class HazardNotFound(DomainError):
    code = "hazard_not_found"


class StaleVersion(DomainError):
    code = "stale_version"


class ActNotAllowedNow(DomainError):
    code = "act_not_allowed_now"


class NotPermitted(DomainError):
    code = "not_permitted"


class NeedsNote(DomainError):
    code = "needs_note"


class NeedsPhoto(DomainError):
    code = "needs_photo"


class NeedsMeasure(DomainError):
    code = "needs_measure"


class NeedsReason(DomainError):
    code = "needs_reason"


class NeedsDate(DomainError):
    code = "needs_date"


class NeedsBody(DomainError):
    code = "needs_body"


class NeedsHazard(DomainError):
    code = "needs_hazard"


class NeedsSecondPerson(DomainError):
    code = "needs_second_person"


class NeedsArbiter(DomainError):
    code = "needs_arbiter"


class WouldHide(DomainError):
    code = "would_hide"


class DayPast(DomainError):
    code = "day_past"


class SameBody(DomainError):
    code = "same_body"


class NothingChanged(DomainError):
    code = "nothing_changed"


class UnknownBody(DomainError):
    code = "unknown_body"


class AlreadyDecided(DomainError):
    code = "already_decided"


class UnknownDutyCall(DomainError):
    code = "unknown_duty_call"


class NeedsCrew(DomainError):
    """Neither a crew nor a person was chosen."""

    code = "needs_crew"


class UnknownCrew(DomainError):
    """No active crew or person of the body that answers for the hazard."""

    code = "unknown_crew"
