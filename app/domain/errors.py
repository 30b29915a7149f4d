"""Every refusal of the domain, with one stable code per class.

Doors translate `code` into the reader's language (`web/labels.py`); nobody reads the message. Values that a sentence
needs
travel as keywords. Turned down: one error class with a free text, which ends in comparing strings.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A rule said no. `code` is stable; `values` fill the sentence shown to a person."""

    code: ClassVar[str]

    def __init__(self, **values: Any) -> None:
        super().__init__(self.code, values)
        self.values: dict[str, Any] = values


class BadCoordinates(DomainError):
    code = "bad_coordinates"


class NoPlace(DomainError):
    code = "no_place"


class OutOfBounds(DomainError):
    code = "out_of_bounds"


class HalfPlace(DomainError):
    """Only one of the two numbers of a place."""

    code = "half_place"


class SameHazard(DomainError):
    """A hazard is no duplicate of itself."""

    code = "same_hazard"


class BadGeometry(DomainError):
    code = "bad_geometry"


class CannotJoin(DomainError):
    """The hazard to be joined is not open, not public, of another group or too far away."""

    code = "cannot_join"


class HeldNotFound(DomainError):
    code = "held_not_found"


class UnknownHazardType(DomainError):
    code = "unknown_hazard_type"


class NotReportable(DomainError):
    code = "not_reportable"


class NotText(DomainError):
    code = "not_text"


class BadClientId(DomainError):
    code = "bad_client_id"


class BadHint(DomainError):
    code = "bad_hint"


class TextTooLong(DomainError):
    code = "text_too_long"


class TooManyPhotos(DomainError):
    code = "too_many_photos"


class BadRegion(DomainError):
    """No rectangle of a photo."""

    code = "bad_region"


class PhotosAway(DomainError):
    """The photo store does not answer."""

    code = "photos_away"


class PhotoUnreadable(DomainError):
    code = "photo_unreadable"


class TooMany(DomainError):
    """More came from one network in this hour than anybody needs to send."""

    code = "too_many"


class AlreadyWithdrawn(DomainError):
    """The report was taken back by its sender."""

    code = "already_withdrawn"


class NothingSaid(DomainError):
    """Neither words nor a photo."""

    code = "nothing_said"


class BadReference(DomainError):
    code = "bad_reference"


class BadReceipt(DomainError):
    code = "bad_receipt"


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


class UnknownArea(DomainError):
    code = "unknown_area"


class RerouteNotFound(DomainError):
    code = "reroute_not_found"


class RerouteStale(DomainError):
    code = "reroute_stale"


class BordersBusy(DomainError):
    code = "borders_busy"


class NoBordersThen(DomainError):
    """On the day asked for, no area was valid."""

    code = "no_borders_then"


class RerouteNotNow(DomainError):
    """A run of the re-routing cannot be started or stopped in its present state."""

    code = "reroute_not_now"


class EmailTaken(DomainError):
    code = "email_taken"


class WeakPassword(DomainError):
    code = "weak_password"


class TooManyTries(DomainError):
    code = "too_many_tries"


class AlreadyDecided(DomainError):
    code = "already_decided"


class UnknownAccount(DomainError):
    code = "unknown_account"


class NeedsNames(DomainError):
    code = "needs_names"


class BadChoice(DomainError):
    code = "bad_choice"


class BadBodyCode(DomainError):
    code = "bad_body_code"


class BodyCodeTaken(DomainError):
    code = "body_code_taken"


class BadEmail(DomainError):
    code = "bad_email"


class ParentCycle(DomainError):
    code = "parent_cycle"


class BodyHasHazards(DomainError):
    code = "body_has_hazards"


class BadPeriod(DomainError):
    code = "bad_period"


class BadRank(DomainError):
    code = "bad_rank"


class SameRule(DomainError):
    code = "same_rule"


class RuleInForce(DomainError):
    code = "rule_in_force"


class UnknownRule(DomainError):
    code = "unknown_rule"


class DayTaken(DomainError):
    code = "day_taken"


class UnknownDay(DomainError):
    code = "unknown_day"


class BadTarget(DomainError):
    code = "bad_target"


class NeedsKinds(DomainError):
    code = "needs_kinds"


class NeverPublic(DomainError):
    code = "never_public"


class UnknownEntry(DomainError):
    code = "unknown_entry"


class AlreadyUndone(DomainError):
    code = "already_undone"


class ChangedSince(DomainError):
    code = "changed_since"


class StillInUse(DomainError):
    code = "still_in_use"


class UnknownDutyCall(DomainError):
    code = "unknown_duty_call"


class UnknownFollow(DomainError):
    code = "unknown_follow"


class UnknownDutyContact(DomainError):
    code = "unknown_duty_contact"


class BadSubscription(DomainError):
    code = "bad_subscription"


class NeedsName(DomainError):
    code = "needs_name"
