"""Refusals of accounts and signing in."""

from app.domain.errors.base import DomainError


class EmailTaken(DomainError):
    code = "email_taken"


class WeakPassword(DomainError):
    code = "weak_password"


class TooManyTries(DomainError):
    code = "too_many_tries"


class UnknownAccount(DomainError):
    code = "unknown_account"


class BadEmail(DomainError):
    code = "bad_email"


class StepExpired(DomainError):
    """A half-done sign-in that is over, was finished, or never began."""

    code = "step_expired"


class HasAppAlready(DomainError):
    code = "has_app_already"


class NoSecondFactor(DomainError):
    code = "no_second_factor"


class BadLink(DomainError):
    """A link by mail that is over, was used, or never was."""

    code = "bad_link"


class LastManager(DomainError):
    code = "last_manager"


class AlreadyJoined(DomainError):
    """An invitation that was taken up: there is nothing to send again or to take back."""

    code = "already_joined"
