"""Telephone numbers that everybody may call: of an organisation, in whatever way it writes them.

Decision: digits, at least three (109) and at most fifteen (E.164), a plus in front, and blanks, brackets, dots and
dashes between. Turned down: `phonenumbers`, whose tables do not know the short numbers of our towns, and would refuse
an extension line that works.
"""

import re

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_BETWEEN = re.compile(r"[\s().\-\u2010-\u2015]")


def is_number(typed: str) -> bool:
    """Whether a telephone can dial `typed`."""
    return _NUMBER.fullmatch(_BETWEEN.sub("", typed)) is not None
