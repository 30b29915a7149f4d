"""What a person does to the own account, for the audit, the own page and the letters about it."""

from enum import StrEnum


class News(StrEnum):
    """`EMAIL_ASKED`: a letter went to a new address, not theirs yet. `FACTORS_DROPPED`: by an administrator."""

    PASSWORD = "password"  # noqa: S105 - a word, no secret
    PASSWORD_RESET = "password_reset"  # noqa: S105 - as above
    EMAIL_ASKED = "email_asked"
    EMAIL = "email"
    APP_ON = "app_on"
    APP_OFF = "app_off"
    PASSKEY_ON = "passkey_on"
    PASSKEY_OFF = "passkey_off"
    CODES = "codes"
    SESSION_ENDED = "session_ended"
    SESSIONS_ENDED = "sessions_ended"
    FACTORS_DROPPED = "factors_dropped"


QUIET = frozenset({News.SESSION_ENDED, News.SESSIONS_ENDED})
"""No letter: nothing opens more easily afterwards."""
