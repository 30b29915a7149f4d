"""A held report: what is sealed of it, how long it may wait, how long it is kept (decisions §9, domain notes §4).

What is sealed is padded to whole kilobytes: the length of a child's words is nobody's business either.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from app.domain.photo import PhotoFile

ALARM_AFTER = timedelta(minutes=15)
"""Then whoever coordinates is told that nobody has decided."""
ERASED_AFTER = timedelta(days=30)
"""After the decision, unless it is kept for the desk of 111."""
NOT_SAID = ("language", "unreadable", "again")
"""Parts of what is sealed that no sender has said."""
_PADDED_TO = 1024


class HeldState(StrEnum):
    WAITING = "waiting"
    HAZARD = "hazard"
    NOTHING = "nothing"
    KEPT = "kept"


class HeldWhy(StrEnum):
    WORDS = "words"
    MODERATOR = "moderator"


@dataclass(frozen=True)
class Sealed:
    """What may be kept: `key_id` says which key opens `data`."""

    key_id: str
    data: bytes


@dataclass(frozen=True)
class HeldContent:
    """What a person sent, as far as it could be read: all may be missing but the words.

    `geometry`: GeoJSON; `about`: the reference of the hazard that it joins or adds to; `unreadable`: photos lost;
    `again`: the reference of the report that this is, sent before with something else in it.
    """

    texts: tuple[str, ...]
    language: str
    hazard_type: str | None = None
    geometry: Mapping[str, Any] | None = None
    hints: Mapping[str, str] = field(default_factory=dict)
    someone_hurt: bool = False
    about: str | None = None
    unreadable: int = 0
    again: str | None = None

    def said(self, pictures: Iterable[str]) -> bytes:
        """What makes two sendings the same, in any language of the page. `pictures`: the SHA-256 of each, in hex."""
        parts = asdict(self)
        for name in NOT_SAID:
            del parts[name]
        return json.dumps([parts, sorted(set(pictures))], sort_keys=True).encode()

    def to_bytes(self) -> bytes:
        data = json.dumps(asdict(self), ensure_ascii=False).encode()
        return data + b" " * (-len(data) % _PADDED_TO)

    @classmethod
    def from_bytes(cls, data: bytes) -> HeldContent:
        said = json.loads(data)
        return cls(**said | {"texts": tuple(said["texts"])})


@dataclass(frozen=True)
class OwnWords:
    """What an operator makes of a held report: a hazard anew, with none of the sender's words.

    `photos`: chosen ones, by now in the photo store.
    """

    hazard_type: str
    lon: float
    lat: float
    text: str
    someone_hurt: bool = False
    photos: tuple[PhotoFile, ...] = ()
