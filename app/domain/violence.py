"""Words that point to violence against a person: such a report is held for the desk before anybody else reads it.

Decision (domain notes §4, security T30): a list of stems that is data (`data/violence.yaml`), and rules that want words
near each other: who does what to whom. A sign holds the report and drops nothing; a person decides within minutes.
So a missed disclosure is worse than a held manhole: the rules lean to holding. Deterministic, and of a cost that grows
with the length of the text. Turned down: a trained classifier (nobody could say why a report was held, and there is no
honest set of children's words to train it on), and single words like `бьёт` alone (a wire does that too).
"""

import re
from collections.abc import Iterator, Mapping

from app.domain.signs import NONE, Harmless, Lists, Rule, Signs
from app.domain.spelling import blurred, spoken

_SENTENCE = re.compile(r"[.!?…;\n]+(?=\s|$)")  # a dot within a word is no end: `б.ь.ю.т`
_GLUED_HEAD = 3  # letters of the shortest word that is known with another stuck to it
_GLUED_REST = 3  # and of what is stuck to it
_SHORT_WORDS = frozenset("яиавскуо")  # words of one letter that may begin a sentence without spaces
_TORN_HEAD = 4  # a word torn in two by a space has a short first half: `из насиловал`
_TORN_FROM = 7
_RUN_TOGETHER = 10  # so long a word may be a sentence without spaces,
_KNOWN_SHARE = 0.6  # if so much of it is words that we know
_SURE_STEM = 4  # a word that begins with so long a stem is not read in a blurred way as well


def points_to_violence(text: str, hazard_type_group: str, signs: Signs) -> bool:
    """Whether somebody must read `text` before it goes any further."""
    where: dict[str, list[int]] = {}
    start = 0
    for sentence in _SENTENCE.split(text):
        marked = list(_marked(sentence, signs))
        for name, places in _sorted_out(marked, hazard_type_group, signs).items():
            where.setdefault(name, []).extend(start + place for place in places)
        start += len(marked)
    for row in signs.harmless:
        if row.anywhere and row.near in where and not any(name in where for name, _ in row.unless):
            where.pop(row.what, None)
    return any(_kept(rule, where) for name in where for rule in signs.rules.get(name, ()))


def for_the_desk(text: str, hazard_type_group: str, signs: Signs) -> bool:
    """Whether `text` about a hazard of this group is for the desk alone: what is harmless in its group must be named
    as such there, and a group alone makes no words suspicious.
    """
    return points_to_violence(text, "", signs) and points_to_violence(text, hazard_type_group, signs)


def _sorted_out(marked: list[Lists], group: str, signs: Signs) -> dict[str, list[int]]:
    """Where in one sentence the words of each list stand, without what is harmless in it."""
    where: dict[str, list[int]] = {}
    for place, lists in enumerate(marked):
        for name in lists:
            where.setdefault(name, []).append(place)
    for row in signs.harmless:
        if not row.anywhere and (not row.groups or group in row.groups):
            where = _without_harmless(where, row)
    return where


def _marked(text: str, signs: Signs) -> Iterator[Lists]:
    """The lists that each word of `text` is on; words run together (`папабьёт`) are two, a torn one is one."""
    words = spoken(text)
    for place, read in enumerate(words):
        if _is_name(read[0], signs):
            yield NONE
            continue
        glued = _unglued(read, signs)
        if glued:
            yield from glued
            continue
        lists = NONE.union(*(_lists(bones, signs) for bones in read))
        yield lists or (_torn(read[0], words[place + 1][0], signs) if place + 1 < len(words) else NONE)


def _is_name(bones: str, signs: Signs) -> bool:
    """Whether it is a known name in one of its forms: not what stands in the lists letter by letter, nor what goes on
    like a longer stem of theirs (`розга` is no form of Роза).
    """
    if bones in signs.whole or bones in signs.stems:
        return False
    longest = max((n for n in range(1, len(bones) + 1) if bones[:n] in signs.stems), default=0)
    cuts = (n for n in range(len(bones), max(1, longest - 1), -1) if bones[:n] in signs.names)
    return any(bones[n:] in signs.endings or bones[n - 1 :] in signs.endings for n in cuts)


def _torn(first: str, second: str, signs: Signs) -> Lists:
    if not 0 < len(first) <= _TORN_HEAD:
        return NONE
    word = first + second
    return NONE.union(*(signs.stems.get(word[:n], NONE) for n in range(_TORN_FROM, len(word) + 1)))


def _unglued(read: tuple[str, ...], signs: Signs) -> list[Lists]:
    """The words that are run together in one; [] for a word of its own.

    Decision: taken apart only where the parts by themselves are a sign (`папабьёт`) or people (`папаменя`), and the
    first part is where the word begins. Nearly every long Kazakh word has some short known words within (`жарақаттан`,
    to be injured: arak and a grandfather): of 100 words of a dictionary the parts alone would take 6 apart.
    """
    for bones in read:
        if bones not in signs.whole and bones not in signs.stems and not _is_innocent(bones, signs):
            found = next((parts for parts in _splits(bones, signs) if _is_sign(parts, signs)), None)
            if found is not None:
                return found
    return []


def _splits(bones: str, signs: Signs) -> Iterator[list[Lists]]:
    for cut in range(len(bones) - _GLUED_REST, _GLUED_HEAD - 1, -1):
        if bones[:cut] in signs.heads and (rest := _lists(bones[cut:], signs)):
            yield [_lists(bones[:cut], signs), rest, *_within(bones[cut:], signs)]
    if len(bones) >= _RUN_TOGETHER:
        yield _within(bones, signs)


def _is_sign(parts: list[Lists], signs: Signs) -> bool:
    """Whether two words or more are a sign, with nothing beside them; or all of them people, who wait for a deed."""
    where: dict[str, list[int]] = {}
    for place, lists in enumerate(parts):
        for name in lists:
            where.setdefault(name, []).append(place)
    if len(parts) > 1 and all(lists & signs.people for lists in parts):
        return True
    return len(parts) > 1 and any(_kept(rule, where) for name in where for rule in signs.rules.get(name, ()))


def _within(bones: str, signs: Signs) -> list[Lists]:
    """The known words of a sentence without spaces, the longest that begins at each letter; [] where they are few, or
    where it begins with none. What may be the end of a word (`-мен`) is no word of its own.
    """
    found: list[Lists] = []
    at = covered = 0
    while at < len(bones):
        words = (bones[at:end] for end in range(len(bones), at + _GLUED_HEAD - 1, -1))
        word = next((each for each in words if each in signs.whole or each in signs.stems), "")
        if word and not (found and word in signs.endings):
            found.append(signs.whole.get(word, NONE) | signs.stems.get(word, NONE))
        if not found and bones[: at + 1] not in _SHORT_WORDS:
            return []
        covered += len(word)
        at += len(word) or 1
    return found if covered >= len(bones) * _KNOWN_SHARE else []


def _lists(bones: str, signs: Signs) -> Lists:
    heads = [bones[:n] for n in range(1, len(bones) + 1)]
    if _is_innocent(bones, signs):
        return NONE
    fits = [head for head in heads if head in signs.stems]
    found = signs.whole.get(bones, NONE).union(*(signs.stems[head] for head in fits))
    if bones in signs.whole or (fits and len(fits[-1]) >= _SURE_STEM):
        return found
    soft = blurred(bones)
    blurry = (signs.blurry[soft[:n]] for n in range(4, len(soft) + 1) if soft[:n] in signs.blurry)
    near = signs.blurry_whole.get(soft, NONE).union(*blurry)
    return found | near or NONE.union(
        *(lists for stem, lists in signs.fuzzy.get(bones[:1], ()) if _one_slip(bones, stem))
    )


def _is_innocent(bones: str, signs: Signs) -> bool:
    """Whether it begins like a word that means nothing, and not like a longer one of the lists."""
    cuts = range(len(bones), 0, -1)
    return next(
        (bones[:n] in signs.innocent for n in cuts if bones[:n] in signs.innocent or bones[:n] in signs.stems), False
    )


def _one_slip(word: str, stem: str) -> bool:
    """Whether `word` begins with `stem` but for one letter wrong, missing, too many or swapped; not the last one."""
    last, same = min(len(stem), len(word)), 0
    while same < last and word[same] == stem[same]:
        same += 1
    if same == last or same >= len(stem) - 1:  # the stem itself, or a word that ends too soon
        return False
    return (
        word.startswith(stem[same + 1 :], same + 1)
        or word.startswith(stem[same + 1 :], same)
        or word.startswith(stem[same:], same + 1)
        or word.startswith(stem[same + 1] + stem[same] + stem[same + 2 :], same)
    )


def _without_harmless(where: dict[str, list[int]], row: Harmless) -> dict[str, list[int]]:
    if row.what not in where or row.near not in where:
        return where
    near = {place + step for place in where[row.near] for step in range(-row.within, row.within + 1)}
    people = [(place, close) for name, close in row.unless for place in where.get(name, ())]
    kept = [
        place
        for place in where[row.what]
        if place not in near or any(abs(place - other) <= close for other, close in people)
    ]
    return where | {row.what: kept}


def _kept(rule: Rule, where: Mapping[str, list[int]]) -> bool:
    ends = set(where.get(rule.steps[0], ()))
    for step in rule.steps[1:]:
        if not ends:
            return False
        ends = {p for p in where.get(step, ()) if any(p - back in ends for back in range(1, rule.within + 1))}
    return bool(ends)
