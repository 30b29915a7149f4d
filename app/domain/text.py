"""Text of people: cleaning what they typed, and folding Kazakh and Russian letters for search (domain notes §7).

Kazakh letters have no NFD decomposition and collations do not equate them, so the map is explicit. Latin look-alikes
inside
Cyrillic words are folded before.
"""

import re
import unicodedata

from app.domain.errors import TextTooLong
from app.domain.hazard import MAX_TEXT

_FOLD = str.maketrans("әғқңөұүһіёйў", "агкноуухиеиу")
_LOOKALIKES = str.maketrans("aeocpxiykmthbə", "аеосрхиукмтнва")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_WORD = re.compile(r"\w+")


def clean(text: str, *, limit: int = MAX_TEXT) -> str:
    """`text` in NFC without control characters (line breaks stay); raises TextTooLong beyond `limit` characters."""
    if len(text) > limit * 4:
        raise TextTooLong(limit=limit)
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})
    kept = kept.strip()
    if len(kept) > limit:
        raise TextTooLong(limit=limit)
    return kept


def fold(text: str) -> str:
    """A key that is equal for spellings a person would take for the same: `Қабанбай`, `Кабанбай`, `Kабанбай`
    (Latin K).
    """
    lowered = unicodedata.normalize("NFC", text).casefold().replace("ə", "ә")
    words = (_fold_word(word) for word in _WORD.findall(lowered))
    return " ".join(words)


def _fold_word(word: str) -> str:
    if _CYRILLIC.search(word):
        word = word.translate(_LOOKALIKES)
    return word.translate(_FOLD)
