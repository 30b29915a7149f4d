"""Names of people and places in the forms in which reporters write them."""

from pathlib import Path

import yaml

_FRONT, _BACK = "әеёиіөүэю", "аоуұыяё"
_HARD = "кқпстфхшщбвгғдц"
_GIVEN = yaml.safe_load((Path(__file__).parents[1] / "data/names.yaml").read_text("utf-8"))


def kazakh(name: str) -> set[str]:
    """`Асель`: Асельге, Асельді, Асельдің, Асельде, Асельден, Асельмен."""
    last = next((letter for letter in reversed(name.lower()) if letter in _FRONT + _BACK), "а")
    soft = last in _FRONT or name.endswith("ь")
    tail = name.lower().rstrip("ь")[-1]
    if tail in _FRONT + _BACK + "у":
        ends = "ге ні нің де ден мен" if soft else "ға ны ның да дан мен"
    elif tail in "мнң":
        ends = "ге ді нің де нен мен" if soft else "ға ды ның да нан мен"
    elif tail in _HARD:
        ends = "ке ті тің те тен пен" if soft else "қа ты тың та тан пен"
    else:
        ends = "ге ді дің де ден мен" if soft else "ға ды дың да дан мен"
    return {name, *(name + end for end in ends.split())}


def russian(name: str) -> set[str]:
    """`Асель`: Асели, Аселью; `Айгуль` and what ends in a vowel likewise."""
    body, tail = name[:-1], name[-1]
    if tail == "а":
        return {name, *(body + end for end in ("ы", "и", "е", "у", "ой"))}
    if tail == "я":
        return {name, *(body + end for end in ("и", "е", "ю", "ей"))}
    if tail in "ьй":
        return {name, *(body + end for end in ("я", "ю", "е", "ем", "и", tail + "ю"))}
    if tail in _FRONT + _BACK:
        return {name}
    return {name, *(name + end for end in ("а", "у", "ом", "е"))}


def of_a_person(name: str) -> set[str]:
    """A first name, and what people add to it."""
    return kazakh(name) | russian(name) | kazakh(name + "жан")


def of_a_family(name: str) -> set[str]:
    """A surname of a man and of a woman."""
    if not name.endswith(("ов", "ев", "ёв", "ин", "ын")):
        return kazakh(name) | russian(name)
    ends = ("а", "у", "ым", "е", "ой", "ы", "ых", "ыми")
    return kazakh(name) | kazakh(name + "а") | {name + end for end in ends}


def forms() -> dict[str, set[str]]:
    """Each name with its forms, also in Latin letters as no keyboard of ours writes them: not here."""
    first = _GIVEN["first_names"]["kk"].split() + _GIVEN["first_names"]["ru"].split()
    found = {name: of_a_person(name) for name in first}
    found |= {name: found.get(name, set()) | of_a_family(name) for name in _GIVEN["surnames"].split()}
    return found | {name: found.get(name, set()) | kazakh(name) | russian(name) for name in _GIVEN["places"].split()}
