"""Names of places as words to be searched: one spelling for Cyrillic and Latin, without words like "street" (§7).

Decision: every word becomes a plain Latin skeleton, in what is kept and in what is asked, so that `Қаратау`, `Карaтау`
(Latin a), `Qaratau` and `Karatau` are one word, and `Шымкент`, `Shymkent` and `Şymkent` another. Turned down: keeping a
name in each script beside the other, which doubles the index and still misses the spelling of the next reform.
Words of the kind (`көшесі`, `ул.`, `мкр`) are left out, and say which kind is wished.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.text import fold

MAX_QUESTION, MAX_WORDS = 200, 8
_CYRILLIC = {
    **dict(zip("абвгдезиклмнопрстуфэы", "abvgdeziklmnoprstufei", strict=True)),
    **{"ж": "j", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ю": "iu", "я": "ia"},
}
_LATIN = {**{"ş": "sh", "š": "sh", "ž": "j", "ç": "ch", "č": "ch", "ý": "u", "ı": "i", "ə": "a", "ɵ": "o"}}
_LETTERS = str.maketrans(_CYRILLIC | _LATIN)
_ALONE = {"shch": "sh", "kh": "h", "gh": "g", "zh": "j", "dj": "j", "ye": "e", "ck": "k"}
_ONE_WAY = re.compile(r"shch|sch|kh|gh|zh|dj|dzh|ck|ye|ch|[cqwxy]|([^\W\d_])\1+")
_OW = re.compile(r"ow$")
"""A Latin `Bajzakow`, as in passports of before: no Kazakh or Russian name ends in оу."""
_SINGLE = {"c": "k", "q": "k", "w": "u", "x": "ks", "y": "i"}
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ‘`´](?=\w)|(?<=[a-zA-Z])['’ʼ‘`´]")
_SHORT = (
    (re.compile(r"(?<!\w)пр-?(?:к?т|д)(?!\w)", re.IGNORECASE), "проспект"),
    (re.compile(r"(?<!\w)б-р(?!\w)", re.IGNORECASE), "бульвар"),
    (re.compile(r"(?<!\w)(?:м-о?н|мк-?р?-?н|[ыш]/а|шағын\s+аудан(?:ы|ында)?)(?!\w)", re.IGNORECASE), "микрорайон"),
    (re.compile(r"(?<!\w)р-н(?!\w)", re.IGNORECASE), "район"),
    (re.compile(r"(?<!\w)к-с[іiи](?!\w)", re.IGNORECASE), "көшесі"),
)
_OF_KIND = {
    "street": "көшесі көше көш улица улицасы ул street str st даңғылы даңғыл проспект просп пр avenue ave av бульвары "
    "бульвар бул blvd boulevard переулок пер тұйығы тұйық lane шоссе highway тракт тракты тракті road rd проезд "
    "өткелі алаңы алаң площадь пл square набережная наб жағалауы аллея аллеясы",
    "quarter": "ықшамауданы ықшамаудан ықшам мөлтекауданы мөлтекаудан микрорайон микр мкр мкрн microdistrict",
    "settlement": "ауылы ауыл аулы село поселок пос кенті кент village",
    "city": "қаласы қала город гор city",
    "district": "ауданы аудан район district raion",
    "oblast": "облысы облыс область обл oblast region",
    "okrug": "ауылдық округі округ сельский rural",
}
_BESIDE = "г с п д к ш дом д үй кв корпус корп подъезд house apt no қ"
_HOUSE = re.compile(r"\d{1,4}[^\W\d_]{0,2}")


def skeleton(word: str) -> str:
    """A folded word in plain Latin letters, the same for all its spellings; its own skeleton is itself."""
    now = _OW.sub("ov", _plain(word.translate(_LETTERS)).translate(_LETTERS))
    while (again := _ONE_WAY.sub(_simpler, now)) != now:
        now = again
    return now


def _plain(word: str) -> str:
    """Without the marks of Latin letters: what they tell apart stands in `_LATIN`."""
    kept = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in kept if unicodedata.category(c) != "Mn"))


def _simpler(found: re.Match[str]) -> str:
    letters = found[0]
    if found[1]:
        return found[1]
    return _SINGLE.get(letters) or {"ch": "ch", "sch": "sh", "dzh": "j"}.get(letters) or _ALONE[letters]


def search_words(text: str) -> tuple[str, ...]:
    """The words of `text`, spelled one way; `пр-т` and its like are written out before their hyphen parts them."""
    for pattern, full in _SHORT:
        text = pattern.sub(full, text)
    return tuple(filter(None, (skeleton(word) for word in fold(_APOSTROPHES.sub("", text)).split())))


_KIND_OF = {skeleton(fold(word)): kind for kind, words in _OF_KIND.items() for word in words.split()}
_AROUND = frozenset(skeleton(fold(word)) for word in _BESIDE.split())


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name that tell it from others: without "street"; all of them where there is nothing else."""
    words = search_words(name)
    return tuple(word for word in words if word not in _KIND_OF) or words


def search_key(names: Iterable[str]) -> str:
    """What is kept to be searched: the words of all names of a place, each once. Made again from itself, it stays."""
    return " ".join(dict.fromkeys(word for name in names for word in name_words(name)))


@dataclass(frozen=True)
class Question:
    """`words`: what has to be found, the last perhaps begun only; `kinds`: what sort of place was named beside it."""

    words: tuple[str, ...]
    kinds: frozenset[str] = frozenset()

    def readings(self) -> Iterator[tuple[tuple[str, ...], bool]]:
        """Ways to read it, best first, each with whether a house number was left out: all words; without the begun
        word of a kind (`абай көш`); without numbers from the last, then with none at all (`12 Abai`).
        """
        yield self.words, False
        if len(self.words) > 1 and any(kind.startswith(self.words[-1]) for kind in _KIND_OF):
            yield self.words[:-1], False
        rest = self.words
        while len(rest) > 1 and any(_HOUSE.fullmatch(word) for word in rest):
            last = max(at for at, word in enumerate(rest) if _HOUSE.fullmatch(word))
            rest = rest[:last] + rest[last + 1 :]
            yield rest, True


def question(text: str) -> Question:
    """What `text` asks for; no words where it is empty or too long to be the name of a place."""
    words = search_words(text) if len(text) <= MAX_QUESTION else ()
    named = [word for word in words if word not in _KIND_OF and word not in _AROUND]
    kinds = frozenset(_KIND_OF[word] for word in words if word in _KIND_OF)
    kept = tuple(named) or words
    return Question(kept[:MAX_WORDS], kinds if kept != words else frozenset())


def edits(asked: str, word: str, *, begun: bool = False) -> int:
    """Letters to put in, take out, change or swap to make `word` of `asked`; with `begun`, the start of `word`."""
    before, now = list[int](), list(range(len(word) + 1))
    for i, letter in enumerate(asked, 1):
        last, before, now = before, now, [i]
        for j, other in enumerate(word, 1):
            step = min(before[j] + 1, now[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and asked[i - 2] == other:
                step = min(step, last[j - 2] + 1)
            now.append(step)
    return min(now) if begun else now[-1]


def edits_allowed(word: str) -> int:
    """Slips that a word of this length may hold and still be meant: short words and numbers none."""
    if len(word) < 4 or any(c.isdigit() for c in word):
        return 0
    return 1 if len(word) < 6 else 2 if len(word) < 10 else 3
