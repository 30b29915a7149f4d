"""One spelling for every way a name is written; words of the kind and house numbers are told from the name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search_text import edits, edits_allowed, question, search_key, search_words
from app.domain.text import fold

words = st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяёәғқңөұүһі", min_size=1, max_size=12)


@pytest.mark.parametrize(
    "spellings",
    [
        "Қаратау Каратау Карaтау Qaratau Karatau", "Шымкент Shymkent Şymkent", "Алматы Almaty Almatı",
        "Жетісу Жетiсу Жетысу Zhetysu Jetisu", "Қызылорда Кызылорда Kyzylorda Qyzylorda", "Әуезов Ауезов Auezov Əуезов",
        "Аягөз Аягоз Ayagoz", "Байқоңыр Baykonyr Baikonyr", "шаһар шахар шаhар", "Семёнова Семенова", "Ростов Rostow",
    ],
)  # fmt: skip
def test_spellings_of_a_name_are_one_word(spellings):
    assert len({search_words(each) for each in spellings.split()}) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "Абай көшесі",
        "көше Абай",
        "улица Абай",
        "ул.Абай",
        "пр-т Абай",
        "мкр Абай",
        "Абай ықшамауданы",
        "Абай шағын ауданы",
        "Abai St",
    ],
)
def test_words_of_the_kind_do_not_matter(typed):
    assert question(typed).words == ("abai",)
    assert question(typed).kinds
    assert search_key([typed]) == "abai"


@pytest.mark.parametrize("typed", ["Абай 12", "Абай, 12а", "12 Абай", "Абай 12/3", "г. Абай, д. 12, кв. 5"])
def test_a_house_number_can_be_left_out_and_is_tried_first(typed):
    readings = list(question(typed).readings())
    assert readings[0][1] is False
    assert (("abai",), True) in readings


def test_a_name_of_nothing_but_such_words_is_kept():
    assert search_key(["Аудан"]) == "audan"
    assert question("район").words == ("raion",)
    assert question("мкр 3").words == ("3",)


@given(st.text(max_size=60))
def test_a_key_made_again_is_the_same_and_one_of_folded_text_too(text):
    key = search_key([text])
    assert search_key([key]) == key
    question(text)


@given(st.lists(words, min_size=1, max_size=4))
def test_case_composition_and_folding_do_not_matter(typed):
    text = " ".join(typed)
    assert search_words(text.upper()) == search_words(text)
    assert search_words(unicodedata.normalize("NFD", text)) == search_words(text)
    assert search_words(fold(text)) == search_words(text)


@given(st.text("абв", max_size=6), st.text("абв", max_size=6))
def test_edits_are_a_distance(one, other):
    assert edits(one, other) == edits(other, one)
    assert (edits(one, other) == 0) == (one == other)
    assert edits(one, other, begun=True) <= edits(one, other)


def test_a_swap_is_one_slip_and_short_words_and_numbers_may_hold_none():
    assert edits("kabanabi", "kabanbai") <= 2
    assert edits("abia", "abai") == 1
    assert [edits_allowed(word) for word in ("bi", "12", "abai", "satpaev", "rozibakiev")] == [0, 0, 1, 2, 3]
