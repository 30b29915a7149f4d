"""Text of people: cleaning what they typed, and folding Kazakh and Russian letters for search (domain notes §7).

Kazakh letters have no NFD decomposition and collations do not equate them, so the map is explicit. Latin look-alikes
inside Cyrillic words are folded before: a small `h` there stands for `һ` (шаhар), a capital one for `Н`.
"""

import re
import unicodedata

from app.domain.errors import TextTooLong
from app.domain.hazard import MAX_TEXT

_FOLD = str.maketrans("әғқңөұүһіёйў", "агкноуухиеиу")
_LOOKALIKES = str.maketrans("aeocpxiykmthəAEOCPXIYKMTHBƏ", "аеосрхіукмтһәАЕОСРХІУКМТНВӘ")
_UNSEEN = {"Cc", "Cs", "Co", "Cn"}
# Overrides of direction would turn the page's own text round.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_WORD = re.compile(r"\w+")


def clean(text: str, *, limit: int = MAX_TEXT) -> str:
    """`text` in NFC without control characters and overrides of direction (line breaks stay).

    Raises TextTooLong beyond `limit` characters.
    """
    if len(text) > limit * 4:
        raise TextTooLong(limit=limit)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = text if text.isprintable() else _seen(text)
    kept = unicodedata.normalize("NFC", kept).strip()
    if len(kept) > limit:
        raise TextTooLong(limit=limit)
    return kept


def _seen(text: str) -> str:
    return "".join(c for c in text if c in "\n\t" or not (unicodedata.category(c) in _UNSEEN or c in _OVERRIDES))


def fold(text: str) -> str:
    """A key that is equal for spellings a person would take for the same: `Қабанбай`, `Кабанбай`, `Kабанбай`
    (Latin K).
    """
    composed = _without_marks(unicodedata.normalize("NFC", text))
    return " ".join(_fold_word(word) for word in _WORD.findall(composed))


def _fold_word(word: str) -> str:
    if _CYRILLIC.search(word):
        word = word.translate(_LOOKALIKES).casefold().translate(_LOOKALIKES)  # twice: `ﬁ` becomes two Latin letters
    lowered = _without_marks(unicodedata.normalize("NFC", word.casefold()))
    return lowered.translate(_FOLD)


def _without_marks(text: str) -> str:
    """Without the stress of `Аба́й` and the dot that `İ` leaves: they would cut a word in two."""
    return "".join(c for c in text if unicodedata.category(c) != "Mn")
