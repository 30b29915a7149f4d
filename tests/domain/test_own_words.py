"""Own words are own; a sealed sentence is recognised over again, however it is spelled or stretched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.own_words import copies

HEARD = "Папа каждый вечер пьёт и бьёт нас с братом, мы прячемся у открытого люка за школой"
WORD = st.text(st.sampled_from("абвгдежзиклмнопрст"), min_size=2, max_size=9)


@pytest.mark.parametrize(
    "own",
    [
        HEARD,
        HEARD.upper().replace(",", " -"),
        "Сообщают: мы прячемся у открытого люка за школой, проверьте пожалуйста скорее сегодня же",
        "пьёт бьёт нас братом",
        "папа каждый пьёт",
    ],
)
def test_a_sealed_sentence_over_again_is_no_own_word(own: str) -> None:
    assert copies(own, ["другое", HEARD])


@pytest.mark.parametrize(
    "own",
    [
        "За школой нет крышки на люке",
        "Открытый люк",
        "Колодец без крышки у школы",
        "",
        "У школы открыт люк, нужна крышка",
    ],
)
def test_the_place_and_the_danger_can_be_named(own: str) -> None:
    assert not copies(own, [HEARD])


def test_a_dog_that_bit_stays_possible() -> None:
    heard = "собака укусила меня за ногу у школы а папа её бил"
    assert not copies("У школы ходит бродячая собака без намордника, она укусила ребёнка за ногу", [heard])
    assert copies("собака укусила меня за ногу", [heard])


@given(st.lists(WORD, min_size=1, max_size=40), st.lists(WORD, max_size=5), st.lists(WORD, max_size=5))
def test_a_whole_text_is_known_with_words_before_and_after(
    heard: list[str], before: list[str], after: list[str]
) -> None:
    assert copies(" ".join([*before, *heard, *after]), [" ".join(heard)])


@given(st.lists(WORD, min_size=1, max_size=40))
def test_nothing_said_makes_nothing_copied(words: list[str]) -> None:
    assert not copies(" ".join(words), ["", "!"])
