"""A template that names what is not there is a fault, and shows at once.

Decision: a missing name or attribute may be asked for with `if` and `or`, as our components do for what is optional,
and fails when it is printed or walked. A missing key of a mapping is empty, since components take mappings with
optional keys. Turned down: Jinja's StrictUndefined, which forbids the `if` too, and its default, which prints nothing
for a slip of the pen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Undefined


class Missing(Undefined):
    """Falsy; fails when printed, unless it is an optional key of a mapping."""

    __slots__ = ()

    def __str__(self) -> str:
        self._forgive()
        return ""

    def __iter__(self) -> Iterator[Any]:
        self._forgive()
        return iter(())

    def __len__(self) -> int:
        self._forgive()
        return 0

    def __bool__(self) -> bool:
        return False

    def _forgive(self) -> None:
        if not isinstance(self._undefined_obj, Mapping):
            self._fail_with_undefined_error()
