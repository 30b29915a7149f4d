"""The languages of the product, without Flask: pages, mails and jobs speak through the same functions.

Decision: GNU gettext catalogues are read straight from the `.po` files at first use and compiled in memory,
so there is no build step and no stale `.mo`. The language in use is a context variable that a door sets.
Turned down: Flask-Babel, because mails and jobs run where there is no request, and because it brings
a cookie or header negotiation we do not want: our language is in the address.

Times are shown in Asia/Almaty; the whole country has kept UTC+5 since 1 March 2024 (`domain.md` 7).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("kk", "ru", "en")
DEFAULT = "kk"
NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
SHORT_NAMES = {"kk": "Қаз", "ru": "Рус", "en": "Eng"}
ALMATY = ZoneInfo("Asia/Almaty")
CATALOGUES = Path(__file__).parent / "translations"

_LOCALES = {"kk": Locale("kk"), "ru": Locale("ru"), "en": Locale("en", "GB")}
_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def use(language: str) -> None:
    """Speak `language` from here on in this context; an unknown language raises `LookupError`."""
    if language not in LANGUAGES:
        raise LookupError(language)
    _language.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the block: for mails in the reader's language."""
    before = _language.get()
    use(language)
    try:
        yield
    finally:
        _language.set(before)


def language() -> str:
    """The code of the language in use: "kk", "ru" or "en"."""
    return _language.get()


def catalogue_path(code: str) -> Path:
    return CATALOGUES / code / "LC_MESSAGES" / "messages.po"


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> GNUTranslations:
    with catalogue_path(code).open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def load() -> None:
    """Read every catalogue now, so that a broken one stops the start and not a page."""
    for code in LANGUAGES:
        _catalogue(code)


def _fill(text: str, values: dict[str, object]) -> str:
    return text % values if values else text


def gettext(message: str, **values: object) -> str:
    """`message` in the language in use, with `%(name)s` filled in from `values`."""
    return _fill(_catalogue(language()).gettext(message), values)


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The form for `num` things; `%(num)s` is always filled in."""
    return _fill(_catalogue(language()).ngettext(one, many, num), {"num": num, **values})


def pgettext(context: str, message: str, **values: object) -> str:
    """As `gettext`, for a word that means different things in different places."""
    return _fill(_catalogue(language()).pgettext(context, message), values)


class LazyText:
    """A message that is translated when it is shown: for labels written in a form's class body."""

    def __init__(self, message: str, values: dict[str, object]) -> None:
        self._message = message
        self._values = values

    def __str__(self) -> str:
        return gettext(self._message, **self._values)

    def __mod__(self, values: object) -> str:
        return str(self) % values

    def __repr__(self) -> str:
        return f"LazyText({self._message!r})"


def lazy_gettext(message: str, **values: object) -> Any:
    """A `LazyText`; typed Any, because form libraries ask for `str` and take whatever shows itself as one."""
    return LazyText(message, values)


def format_day(day: date | datetime) -> str:
    """A day in words: "2026 ж. 10 қараша", "10 ноября 2026 г.", "10 November 2026"."""
    if isinstance(day, datetime):
        day = day.astimezone(ALMATY).date()
    return dates.format_date(day, format="long", locale=_LOCALES[language()])


def format_time(moment: datetime) -> str:
    """Hours and minutes in Almaty: "13:00"."""
    return f"{moment.astimezone(ALMATY):%H:%M}"


def format_datetime(moment: datetime) -> str:
    """Day and time in Almaty: "2026 ж. 10 қараша, 13:00"."""
    return f"{format_day(moment)}, {format_time(moment)}"


def format_month(day: date) -> str:
    """Month and year: "2026 ж. қараша"."""
    return dates.format_skeleton("yMMMM", day, locale=_LOCALES[language()])


def format_number(number: int | float | Decimal) -> str:
    """A number with the language's separators: "12 345,6"."""
    return numbers.format_decimal(number, locale=_LOCALES[language()])
