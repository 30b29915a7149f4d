"""The kinds of danger as the report form shows them: the common ones first, the others by group, each with what a
search may find it by.

Decision: the search runs in the page, on words written into it (its names in all languages, and those of
`data/search_words.yaml`): a child without network still finds "dog". Turned down: asking the server at each letter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from sqlalchemy import Row

from app.config import SEVERITY
from app.i18n import language
from app.queries import public
from app.web import labels
from app.web.context import public_db

FIRST = ("MANHOLE_OPEN", "POWER_LINE_HAZARD", "WATER_UNGUARDED")
WORDS = SEVERITY.with_name("search_words.yaml")


@dataclass(frozen=True)
class Kind:
    """One kind. `shape`: point, line or area."""

    code: str
    name: str
    type_group: str
    words: str
    emergency_mode: str
    dial: tuple[str, ...]
    shape: str


@dataclass(frozen=True)
class Kinds:
    """`groups`: (code, name, kinds) of all that are not common."""

    common: list[Kind]
    groups: list[tuple[str, str, list[Kind]]]
    every: list[Kind]
    codes: list[tuple[str, str]]


def kinds() -> Kinds:
    """All that can be reported, in the language of this request."""
    with public_db() as session:
        every = [_kind(row) for row in public.kinds(session, language())]
    groups: dict[str, list[Kind]] = {}
    for kind in every:
        if kind.code not in FIRST:
            groups.setdefault(kind.type_group, []).append(kind)
    return Kinds(
        common=[kind for code in FIRST for kind in every if kind.code == code],
        groups=[(code, labels.group(code), found) for code, found in groups.items()],
        every=every,
        codes=[(kind.code, kind.name) for kind in every],
    )


def _kind(row: Row[Any]) -> Kind:
    words = " ".join((row.name_kk, row.name_ru, row.name_en, _synonyms().get(row.code, "")))
    return Kind(row.code, row.name, row.type_group, words.lower(), row.emergency_mode, tuple(row.dial), row.geometry)


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, str]:
    found: dict[str, str] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found
