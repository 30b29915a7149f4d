"""Refusals of reports, photos, places and followers."""

from app.domain.errors.base import DomainError


class BadCoordinates(DomainError):
    code = "bad_coordinates"


class NoPlace(DomainError):
    code = "no_place"


class PlaceNotFound(DomainError):
    """No place of that name is known."""

    code = "place_not_found"


class OutOfBounds(DomainError):
    code = "out_of_bounds"


class HalfPlace(DomainError):
    """Only one of the two numbers of a place."""

    code = "half_place"


class BadGeometry(DomainError):
    code = "bad_geometry"


class CannotJoin(DomainError):
    """The hazard to be joined is not open, not public, of another group or too far away."""

    code = "cannot_join"


class PointsToViolence(DomainError):
    """Words of staff for a body or for everybody that tell of violence against a person."""

    code = "points_to_violence"


class NotOwnWords(DomainError):
    """What an operator makes of a held report repeats its sealed words."""

    code = "not_own_words"


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


class NoMoreChanges(DomainError):
    """A report was sent again with something else as often as it may be, or with as many photos."""

    code = "no_more_changes"


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


class UnknownFollow(DomainError):
    code = "unknown_follow"


class BadSubscription(DomainError):
    code = "bad_subscription"


class UnknownQuestion(DomainError):
    """No question to the holder of this receipt."""

    code = "unknown_question"
