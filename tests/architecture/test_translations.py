"""Every message is there in Kazakh, Russian and English, finished, with the same values in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app import i18n

ROOT = Path(__file__).parents[2]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
CYRILLIC = re.compile(r"[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]")
MIXED = re.compile(r"[A-Za-z][А-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]|[А-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі][A-Za-z]")
Key = tuple[str | tuple[str, ...], str | None]


def used_messages() -> dict[Key, str]:
    """Message and context -> the place that says it."""
    with (i18n.CATALOGUES / "babel.cfg").open() as source:
        methods, options = parse_mapping_cfg(source, str(i18n.CATALOGUES / "babel.cfg"))
    found = extract_from_dir(
        ROOT, methods, options, KEYWORDS, directory_filter=lambda path: not Path(path).name.startswith((".", "var"))
    )
    return {(message, context): f"{file}:{line}" for file, line, message, _, context in found}


def catalogue(code: str) -> Catalog:
    with i18n.catalogue_path(code).open("rb") as source:
        return read_po(source, locale=code)


def texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def messages(code: str) -> Iterator[Message]:
    return (message for message in catalogue(code) if message.id)


@pytest.fixture(scope="module")
def used() -> dict[Key, str]:
    return used_messages()


def test_extraction_finds_the_words_of_templates_and_of_python(used: dict[Key, str]) -> None:
    assert ("Hazard map", None) in used
    assert len(used) > 100


@pytest.mark.parametrize("code", i18n.LANGUAGES)
def test_every_message_is_translated_and_not_fuzzy(code: str, used: dict[Key, str]) -> None:
    ours = catalogue(code)
    problems = []
    for (message, context), place in used.items():
        found = ours.get(texts(message)[0], context)
        if found is None or not all(texts(found.string)):
            problems.append(f"{place}: {message!r} has no {code}")
        elif found.fuzzy:
            problems.append(f"{place}: {message!r} is fuzzy in {code}")
        elif texts(found.id) != texts(message):
            problems.append(f"{place}: {message!r} has another plural in {code}: {found.id!r}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("code", i18n.LANGUAGES)
def test_translations_carry_the_same_values(code: str) -> None:
    wrong = [
        f"{message.id!r} -> {text!r}"
        for message in messages(code)
        for text in texts(message.string)
        if placeholders(text) != placeholders(texts(message.id)[-1])
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("code", i18n.LANGUAGES)
def test_a_percent_sign_is_doubled(code: str) -> None:
    """Jinja fills in values always, so a lone percent sign would break the page."""
    wrong = [
        text
        for message in messages(code)
        for text in texts(message.string)
        if "%" in PLACEHOLDER.sub("", text).replace("%%", "")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("code", ["kk", "ru"])
def test_no_word_mixes_latin_and_cyrillic_letters(code: str) -> None:
    """A Latin "i" or "a" inside a Kazakh word looks right and is found by no search."""
    wrong = [
        text for message in messages(code) for text in texts(message.string) if MIXED.search(PLACEHOLDER.sub("", text))
    ]
    assert not wrong, "\n".join(wrong)


def test_kazakh_and_russian_are_not_left_in_english() -> None:
    for code in ("kk", "ru"):
        english = [
            str(message.id)
            for message in messages(code)
            if re.search("[a-z]{4}", PLACEHOLDER.sub("", str(message.string)))
            and not CYRILLIC.search(str(message.string))
        ]
        assert all(text.startswith(("eOtinish", "OpenStreetMap")) or "@" in text for text in english), english


def test_a_language_that_is_not_ours_is_refused() -> None:
    with pytest.raises(LookupError):
        i18n.use("de")


def test_dates_are_written_as_each_language_writes_them() -> None:
    moment = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)
    said = {}
    for code in i18n.LANGUAGES:
        with i18n.speaking(code):
            said[code] = i18n.format_datetime(moment)
    assert said == {
        "kk": "2026\u202fж. 10 қараша, 13:00",
        "ru": "10 ноября 2026\u202fг., 13:00",
        "en": "10 November 2026, 13:00",
    }
