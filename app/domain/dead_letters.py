"""What can be left undelivered, and why, as codes."""

import re
from enum import StrEnum

MOST_TRIES = 10
"""Of one letter: with waits of 3, 9, 27 ... seconds between them about eight hours in all."""


class Source(StrEnum):
    MESSAGE = "message"
    STAFF = "staff"
    NOTICE = "notice"
    WEBHOOK = "webhook"
    JOB = "job"


class Why(StrEnum):
    CAME_BACK = "came_back"
    GAVE_UP = "gave_up"
    NO_ADDRESS = "no_address"
    NOT_ALLOWED = "not_allowed"
    NO_BROWSER = "no_browser"
    REFUSED = "refused"
    FAULT = "fault"


_SAYS = (
    (re.compile(r"gave up"), Why.GAVE_UP),
    (re.compile(r"host is not allowed|none that may be called|address inside|not on the list"), Why.NOT_ALLOWED),
    (re.compile(r"no browser|withdrawn|no push"), Why.NO_BROWSER),
    (re.compile(r"not an address|no number"), Why.NO_ADDRESS),
)


def why(source: Source, state: str, error: str) -> Why:
    """The reason in one word, from what the sending side wrote down."""
    if source is Source.JOB:
        return Why.FAULT
    if state == "bounced":
        return Why.CAME_BACK
    if state == "queued":
        return Why.GAVE_UP
    return next((code for pattern, code in _SAYS if pattern.search(error)), Why.REFUSED)
