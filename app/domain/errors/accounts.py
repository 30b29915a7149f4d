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
