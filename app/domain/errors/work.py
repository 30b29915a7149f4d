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


class NeedsHoldReason(DomainError):
    code = "needs_hold_reason"


class NeedsProof(DomainError):
    """The fix is reported already, and this photo proves no more: a second person confirms."""

    code = "needs_proof"


class ProposalWaits(DomainError):
    """Something was proposed and not decided yet; `proposal` says what."""

    code = "proposal_waits"


class NothingProposed(DomainError):
    code = "nothing_proposed"


class NothingToInspect(DomainError):
    """No measure makes it safe, and none did."""

    code = "nothing_to_inspect"


class NeedsDate(DomainError):
    code = "needs_date"


class NeedsBody(DomainError):
    code = "needs_body"


class NeedsHazard(DomainError):
    code = "needs_hazard"


class NeedsSecondPerson(DomainError):
    code = "needs_second_person"


class CorrectedBySame(DomainError):
    """Whoever has moved the pin or changed the kind does not also confirm the end."""

    code = "corrected_by_same"


class SameHand(DomainError):
    """One has just let the other in, or one colleague both: for `days` they count as one person."""

    code = "same_hand"


class PhotoUsedBefore(DomainError):
    """A measure is trusted anew by a new photo only."""

    code = "photo_used_before"


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


class NobodyToAsk(DomainError):
    """No report of the hazard has a holder who could answer, or not the one that was chosen."""

    code = "nobody_to_ask"


class NobodyAsked(DomainError):
    """It cannot wait for an answer: nothing was asked, or all was answered."""

    code = "nobody_asked"


class ClockRanOut(DomainError):
    """What is late already does not wait for an answer."""

    code = "clock_ran_out"


class ClockStoppedBefore(DomainError):
    """It waited once for an answer that did not come."""

    code = "clock_stopped_before"


class UnknownColleague(DomainError):
    """Nobody who may be mentioned here."""

    code = "unknown_colleague"


class UnknownShiftNote(DomainError):
    code = "unknown_shift_note"


class NeedsShiftNote(DomainError):
    """The list of what presses is no word to the next shift: it sees that list anyway."""

    code = "needs_shift_note"


class OwnShiftNote(DomainError):
    """Whoever wrote a note cannot be the next shift that has read it."""

    code = "own_shift_note"


class TooManyRows(DomainError):
    """More hazards at once than one act or one file takes."""

    code = "too_many_rows"


class NothingChosen(DomainError):
    code = "nothing_chosen"


class LinkDead(DomainError):
    """The contractor's link was revoked, is over, or its hazard is elsewhere or closed: all the same to its holder."""

    code = "link_dead"


class BadLinkDays(DomainError):
    """A link is good for 1 to `limit` days."""

    code = "bad_link_days"


class OtherPerson(DomainError):
    """What a device kept was done by somebody else than who is signed in now."""

    code = "other_person"


class UnknownFilter(DomainError):
    """There is none with this number, or it is somebody else's."""

    code = "unknown_filter"


class NeedsFilterName(DomainError):
    code = "needs_filter_name"


class FilterNameTaken(DomainError):
    code = "filter_name_taken"


class TooManyFilters(DomainError):
    code = "too_many_filters"
