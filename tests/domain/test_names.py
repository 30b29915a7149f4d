"""A name of a person or of a place holds no report by itself; beside words of violence it hides none of them."""

from pathlib import Path

import pytest
import yaml

from app.domain.signs import read_signs
from app.domain.violence import points_to_violence
from tests.domain.names import forms
from tests.domain.ordinary import lines

GIVEN = yaml.safe_load((Path(__file__).parents[2] / "data/violence.yaml").read_text("utf-8"))
SIGNS = read_signs(GIVEN)
FORMS = forms()
ORDINARY = (
    "Менің атым {}",
    "Меня зовут {}",
    "Бұл менің балам {}",
    "звонил мужчина, сказал {}",
    "әкем {} айтты",
    "сосед {} просил нас",
    "Меня просил {}, одноклассник сына",
)
MORE = (
    "Моя дочь {} ходит мимо",
    "на улице {} дома нет света",
    "ребёнок {}",
    "мою маму зовут {}, папа",
    "мама {}, дома",
)
HANGED = {"Асылды", "Асылға", "Асылмен", "Асылу"}
"""Асыл is a name, and `асылды` "hanged himself": the forms that are both are held, as one errs on that side."""
UNLISTED = (
    "Айкоркем Аққу Алтынгүл Бақыт Бақытжан Бағила Гүлдәурен Дәмеш Жайна Жарқын Жұмагүл Зухра Камшат Құралай Мақпал "
    "Нәзира Патима Сәнім Тұрсынай Ұлданай Шырын Әмина Өркен Бердібек Досым Елдос Жүніс Көпжан Қалдыбек Мақсұт Нияз "
    "Орынбасар Сапар Тойшыбек Файзулла Шәкен Ыбрай Аврора Евдокия Ефросинья Иннокентий Клавдия Лукерья Мирон Прасковья "
    "Савелий Серафима Тихон Устинья Эмма Белозёров Гордеев Дроздов Ершов Зотов Ивлев Кошкин Лукин Мухин Носков Рыжов "
    "Садовников Тюрин Уваров Хохлов Цветков Шубин Щукин Юдин Абишов Бекжанов Дүйсенов Ерғалиев Жолдасов Қожахметов"
)
"""Not in the list of the product, and not used to make it."""


def held(text: str) -> bool:
    return points_to_violence(text, "ground", SIGNS)


@pytest.mark.parametrize("sentence", ORDINARY)
def test_no_known_name_holds_a_report(sentence):
    assert sum(map(len, FORMS.values())) > 15_000
    found = {form for each in FORMS.values() for form in each if held(sentence.format(form))}
    assert found <= HANGED


def test_names_that_the_list_does_not_know_are_seldom_held(capsys):
    texts = [sentence.format(name) for sentence in (*ORDINARY, *MORE) for name in UNLISTED.split()]
    share = sum(map(held, texts)) / len(texts)
    with capsys.disabled():
        print(f"\nviolence: {share:.1%} of {len(texts)} sentences with names that the list does not know are held")
    assert share <= 0.03


@pytest.mark.parametrize("name", ["Асель", "Асылбек", "Галина", "Мұрат", "Оля", "Сәкен", "Семёнова"])
def test_what_is_held_without_a_name_is_held_with_one(name):
    for text in lines("violence_dev"):
        if held(text):
            assert held(f"Меня зовут {name}. {text}"), text
            assert held(f"{name} {text}"), text


@pytest.mark.parametrize("name", ["Асель", "Әсел", "Асылбек", "Галина", "Жұлдыз"])
@pytest.mark.parametrize(
    "sentence", ["{} отца, отчим бьёт меня", "Менің атым {}, әкем мені ұрады", "я {}, хочу умереть", "{} изнасиловали"]
)
def test_a_name_within_a_disclosure_hides_nothing(name, sentence):
    assert held(sentence.format(name))


@pytest.mark.parametrize("text", ["асылып өлгім келеді", "ол асылды, мен де", "бьёт меня розгой"])
def test_a_word_of_the_list_is_no_form_of_a_name(text):
    assert held(text)


def test_without_the_names_they_are_held():
    """The negative control of the tests above."""
    without = read_signs(GIVEN | {"names": []})
    texts = [f"меня {name}" for name in ("Галина", "Семёнова", "Сәкен")]
    assert all(points_to_violence(text, "ground", without) for text in texts)
    assert not any(map(held, texts))
