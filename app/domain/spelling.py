"""Spellings brought to one skeleton, so that a word is known however a hurried child types it.

`readings` are blunter than the fold of a search (`text.fold`): they also drop soft signs, join ы with и, read Latin
words by their sound (`otchim`) and by their looks, digits that stand for letters (`6ьёт`), and know a letter once
however often it is repeated. Different words may share a skeleton; for a search that would be noise, for a sign of
danger it is the point. Turned down: a stemmer (none knows Kazakh and Russian mixed in one line) and a phonetic code
(made for English names). Nothing is kept between two texts: a cache would hold words that are nobody's business.
"""

import re
import unicodedata
from typing import NamedTuple

from app.domain.text import fold

_SOUNDS = {
    "shch": "щ", "sch": "щ", "sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "gh": "г", "ts": "ц", "tz": "ц", "ya": "я",
    "yu": "ю", "yo": "е", "ye": "е", "ia": "я", "iu": "ю", "ck": "к", "ph": "ф",
    "a": "а", "b": "б", "c": "с", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "ж", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в",
    "w": "у", "x": "х", "y": "и", "z": "з", "ş": "ш", "ç": "ч", "ğ": "г", "ñ": "н", "ı": "и", "ə": "а", "ŋ": "н",
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_SOFT_J = re.compile(r"(?<=[bcdfghklmnpqrstvwxz])j(?=[aeou])")  # `bjet`
_LOOKS = str.maketrans("aeocpxykmthbniu", "аеосрхукмтнвпии")
_LOOKALIKE_ONLY = re.compile(r"[aeocpxykmthbniu]+")
_DIGITS = str.maketrans("0346@$", "озчбас")
_LATIN_DIGITS = str.maketrans({"0": "o", "3": "z", "4": "ch", "6": "b", "@": "a", "$": "s"})
_BLUNT = str.maketrans("ыэщц", "иешс", "ьъ'’ʼ`")
_BLUR = str.maketrans("оея", "аии")
_KEPT_MARKS = frozenset("şçğñ")
_PIECE = re.compile(r"[^\W_]+(?:['’ʼ`*@$][^\W_]+)*")
_LATIN = re.compile(r"[a-zşçğñıəŋäöüúáéíóū]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_REPEATED = re.compile(r"(.)\1+")
_SPELLED_OUT = 3  # so many single letters in a row are a word that somebody spelled out
_LONGEST = 40  # letters of a word; what is longer is cut, no word is


class Piece(NamedTuple):
    """A word as it stands in the text, from `start` to `end`."""

    word: str
    start: int
    end: int


def readings(word: str) -> tuple[str, ...]:
    """The skeletons of `word`: by sound, and for one of Latin look-alikes only also by looks."""
    lowered = word.casefold()[:_LONGEST]
    if any(map(str.isalpha, lowered)):
        lowered = lowered.translate(_DIGITS if _CYRILLIC.search(lowered) else _LATIN_DIGITS)
    if _CYRILLIC.search(lowered) or not _LATIN.search(lowered):
        return (_bones(lowered),)
    bare = "".join(c if c in _KEPT_MARKS else unicodedata.normalize("NFD", c)[0] for c in lowered)
    bare = _SOFT_J.sub("", bare)
    heard = _bones(_SOUND.sub(lambda found: _SOUNDS[found[0]], bare))
    return (heard, _bones(bare.translate(_LOOKS))) if _LOOKALIKE_ONLY.fullmatch(bare) else (heard,)


def skeleton(word: str) -> str:
    """The first reading of `word`."""
    return readings(word)[0]


def blurred(bones: str) -> str:
    """A skeleton without the vowels that spoken Russian swallows: `атец`, `миня`."""
    return _REPEATED.sub(r"\1", bones.translate(_BLUR))


def spoken(text: str) -> list[tuple[str, ...]]:
    """The words of `text` in order, each with its readings.

    A word cut by signs (`из-на-сил`) or spelled out (`б ь ю т`) is also read whole, at the place of its first piece.
    """
    text = unicodedata.normalize("NFC", text)
    words = _without_letters([Piece(found[0], *found.span()) for found in _PIECE.finditer(text)])
    whole = _cut_by_signs(words, text)
    return [
        readings(piece.word) + (readings(whole[place]) if place in whole else ()) for place, piece in enumerate(words)
    ]


def _cut_by_signs(words: list[Piece], text: str) -> dict[int, str]:
    """Where a run of pieces without a space between begins, and what it is when read whole."""
    found: dict[int, str] = {}
    first = 0
    for place in range(1, len(words) + 1):
        if place < len(words) and not any(map(str.isspace, text[words[place - 1].end : words[place].start])):
            continue
        if place - first > 1:
            found[first] = _joined(words[first:place])
        first = place
    return found


def _without_letters(words: list[Piece]) -> list[Piece]:
    """The pieces, with each run of single letters as the one word that they spell; a wider gap begins another."""
    found: list[Piece] = []
    run: list[Piece] = []
    for piece in words:
        if run and not (len(piece.word) == 1 and piece.start - run[-1].end == 1):
            found += _spelled(run)
            run = []
        if len(piece.word) == 1:
            run.append(piece)
        else:
            found.append(piece)
    return found + _spelled(run)


def _spelled(run: list[Piece]) -> list[Piece]:
    return [Piece(_joined(run), run[0].start, run[-1].end)] if len(run) >= _SPELLED_OUT else run


def _joined(words: list[Piece]) -> str:
    return "".join(piece.word for piece in words[:_LONGEST])[:_LONGEST]


def _bones(word: str) -> str:
    return _REPEATED.sub(r"\1", fold(word).replace(" ", "").translate(_BLUNT))
