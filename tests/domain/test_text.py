"""What people type is kept, cleaned; what they search is found however they spell it (domain notes §7)."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import TextTooLong
from app.domain.text import clean, fold

any_text = st.text(st.characters(codec=None), max_size=200)
cyrillic = st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяёәғқңөұүһіў", min_size=1, max_size=12)

KAZAKH = {
    "ә": "а",
    "ғ": "г",
    "қ": "к",
    "ң": "н",
    "ө": "о",
    "ұ": "у",
    "ү": "у",
    "һ": "х",
    "і": "и",
    "ё": "е",
    "й": "и",
}


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\ue000", "\u0378"])
def test_controls_surrogates_and_unassigned_characters_are_dropped(char):
    assert clean(f"лю{char}к") == "люк"


@pytest.mark.parametrize("char", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_a_text_cannot_turn_the_direction_of_the_page(char):
    assert clean(f"лю{char}к") == "люк"


def test_line_breaks_stay_and_become_one_kind():
    assert clean("бір\r\nекі\rүш\nтөрт") == "бір\nекі\nүш\nтөрт"


def test_joined_emoji_stay_whole():
    assert clean("👨‍👩‍👧 ⚠️") == "👨‍👩‍👧 ⚠️"


def test_text_is_composed():
    assert clean("и\u0306") == "й"
    assert clean("и\x00\u0306") == "й"


def test_the_limit_counts_what_is_kept():
    assert clean("а" * 10 + " " * 9, limit=10) == "а" * 10
    assert clean("\x00" * 20 + "а" * 10, limit=10) == "а" * 10
    with pytest.raises(TextTooLong) as refused:
        clean("а" * 11, limit=10)
    assert refused.value.values == {"limit": 10}


def test_a_flood_of_dropped_characters_is_refused_unread():
    with pytest.raises(TextTooLong):
        clean("\x00" * 41, limit=10)


@given(any_text)
@example("a\x00\u0301")
@example("\x00 \n")
def test_cleaning_never_crashes_and_cleaning_twice_changes_nothing(typed):
    once = clean(typed)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(c) in {"Cs", "Cn", "Co"} for c in once)
    assert not any(unicodedata.category(c) == "Cc" for c in once if c not in "\n\t")
    once.encode()


@pytest.mark.parametrize(("kazakh", "plain"), KAZAKH.items())
def test_kazakh_letters_are_found_by_their_plain_neighbours(kazakh, plain):
    assert fold(kazakh) == fold(plain) == plain
    assert fold(kazakh.upper()) == plain
    assert fold(f"С{kazakh}з") == f"с{plain}з"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Қабанбай", "Кабанбаи"),
        ("Қабанбай", "Kабанбай"),  # Latin K
        ("Әуезов", "Ауезов"),
        ("Әуезов", "\u018fуезов"),  # Latin schwa
        ("әуезов", "\u0259уезов"),
        ("Жетісу", "Жетiсу"),  # Latin i
        ("Жетісу", "Жетису"),
        ("Сарыарқа", "Capыapкa"),  # Latin C, a, p
        ("Семёнова", "Семенова"),
        ("шаһар", "шаhар"),  # Latin h
        ("НҰРА", "HУРА"),  # Latin H
        ("Байқоңыр", "Баи\u0306қоңыр"),  # decomposed
        ("Аба\u0301й", "Абай"),  # stress mark
        ("Абай көшесі, 12", "абай  көшесі 12"),
        ("Hauptstraße", "HAUPTSTRASSE"),
    ],
)
def test_spellings_a_person_takes_for_the_same_are_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Абай", "Абаи 1"), ("Алматы", "Алмалы"), ("бор", "боп"), ("дом", "том"), ("", "а")]
)
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("word", ["Shymkent", "Qaratau", "Almaty", "ABC", "\u018fuezov", "Şymkent", "İstanbul"])
def test_a_latin_word_stays_latin(word):
    folded = fold(word)
    assert " " not in folded
    assert not any("CYRILLIC" in unicodedata.name(char) for char in folded)


def test_only_the_mixed_word_of_a_sentence_is_read_as_cyrillic():
    assert fold("Mega Capыapкa") == "mega сарыарка"


def test_punctuation_and_nul_separate_words():
    assert fold("Абай\x00к-сі,\n12") == "абаи к си 12"
    assert fold(" \x00—!") == ""


@given(any_text)
@example("ﬁж")
@example("İж")
@example("Ḭж")
@example("ͅ")
def test_folding_never_crashes_and_folding_twice_changes_nothing(typed):
    assert fold(fold(typed)) == fold(typed)


@given(st.lists(cyrillic, min_size=1, max_size=4))
def test_case_does_not_matter(words):
    text = " ".join(words)
    assert fold(text.upper()) == fold(text) == fold(text.title())


@given(cyrillic)
def test_decomposed_text_folds_like_composed(word):
    assert fold(unicodedata.normalize("NFD", word)) == fold(word)
