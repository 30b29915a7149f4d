"""What stands in an address or in a hidden field, read once for all doors: a reference, a number."""

from __future__ import annotations

from typing import Any

from flask import abort

from app.domain.errors import BadReference
from app.domain.references import parse_reference


def reference_or_404(typed: str) -> str:
    """The code of a reference in an address; one that is none leads nowhere."""
    try:
        return parse_reference(typed)
    except BadReference:
        abort(404)


def number_or_0(typed: Any) -> int:
    """A hidden number; 0, which no row and no version has, for anything else."""
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
