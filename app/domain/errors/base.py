"""Every refusal of the domain, with one stable code per class.

Doors translate `code` into the reader's language (`web/labels.py`); nobody reads the message. Values that a sentence
needs travel as keywords. Turned down: one error class with a free text, which ends in comparing strings.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A rule said no. `code` is stable; `values` fill the sentence shown to a person."""

    code: ClassVar[str]

    def __init__(self, **values: Any) -> None:
        super().__init__(self.code, values)
        self.values: dict[str, Any] = values
