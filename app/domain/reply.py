"""Templates of replies: texts with a few placeholders, from a closed list, filled with what is known of a hazard.

Decision: a pattern of our own that knows `{name}` and nothing else. Turned down: `str.format`, whose fields reach into
attributes, and Jinja: whoever keeps templates is no programmer, and a mistyped name must be refused when it is saved,
not when a reporter reads it.
"""

import re
from collections.abc import Mapping

from app.domain.errors import BadPlaceholder, NeedsTexts

PLACEHOLDERS = ("reference", "type", "body", "due")
MAX_TEMPLATE = 2000
_PART = re.compile(r"\{([^{}]*)\}|[{}]")


def check_template(text: str) -> None:
    """Raise NeedsTexts for an empty text, BadPlaceholder for one that holds braces with anything but our names."""
    if not text.strip():
        raise NeedsTexts()
    for part in _PART.finditer(text):
        if part[1] not in PLACEHOLDERS:
            raise BadPlaceholder(placeholder=part[0][:40])


def placeholders_of(text: str) -> set[str]:
    """The names that stand in `text`."""
    return {part[1] for part in _PART.finditer(text) if part[1] in PLACEHOLDERS}


def fill_template(text: str, values: Mapping[str, str | None]) -> str | None:
    """`text` with its placeholders filled, once: braces in a value stay. None where a value is not known."""
    if any(not values.get(name) for name in placeholders_of(text)):
        return None
    return _PART.sub(lambda part: str(values[part[1]]) if part[1] in PLACEHOLDERS else part[0], text)
