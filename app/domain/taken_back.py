"""A hazard that its only reporter took back: closed, but no body has rejected it.

Decision: no thirteenth status (decisions §2) and no reason beside those that moderators choose from. What a moderator
rejects has a reason, always; what a reporter takes back has none, and a line of the history of its own.
"""

from app.domain.hazard import Status

CLOSED_BY_REPORTER = "closed_by_reporter"
"""The kind of the event."""


def is_taken_back(status: str, rejection_reason: str | None) -> bool:
    """Whether a hazard was closed because its reporter took the report back."""
    return status == Status.REJECTED and rejection_reason is None
