"""Templates: only the known words in braces, each filled once, and nothing else of the text touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadPlaceholder, NeedsTexts
from app.domain.reply import PLACEHOLDERS, check_template, fill_template, placeholders_of

PLAIN = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=20)
NAME = st.sampled_from(PLACEHOLDERS)
PART = st.one_of(PLAIN, NAME.map(lambda name: "{" + name + "}"))
VALUES = st.fixed_dictionaries({name: st.text(min_size=1, max_size=10) for name in PLACEHOLDERS})


@given(st.lists(PART, max_size=12), VALUES)
def test_what_is_saved_can_be_filled_and_all_else_stays(parts: list[str], values: dict[str, str]) -> None:
    text = "".join(parts)
    if text.strip():
        check_template(text)
    by_hand = "".join(values[part[1:-1]] if part[:1] == "{" else part for part in parts)
    assert fill_template(text, values) == by_hand


@given(st.text(max_size=40))
def test_a_text_passes_only_when_every_brace_belongs_to_a_known_word(text: str) -> None:
    left = text
    for name in PLACEHOLDERS:
        left = left.replace("{" + name + "}", "")
    good = bool(text.strip()) and not {"{", "}"} & set(left)
    try:
        check_template(text)
    except (BadPlaceholder, NeedsTexts):
        assert not good
    else:
        assert good


@pytest.mark.parametrize("text", ["{}", "{", "}", "{ type }", "{Type}", "{{type}}", "{body.email}", "{0}", "{type!r}"])
def test_other_braces_are_refused_and_named(text: str) -> None:
    with pytest.raises(BadPlaceholder) as refused:
        check_template(f"Тип: {text}")
    assert refused.value.values["placeholder"] in text


@pytest.mark.parametrize("text", ["", "  \n "])
def test_a_language_without_words_is_refused(text: str) -> None:
    with pytest.raises(NeedsTexts):
        check_template(text)


@given(NAME)
def test_what_is_not_known_leaves_no_half_filled_text(name: str) -> None:
    values = {each: None if each == name else "x" for each in PLACEHOLDERS}
    assert fill_template("{" + name + "}: {type} {body}", values) is None


def test_a_value_with_braces_is_filled_in_as_it_is() -> None:
    assert fill_template("{body} · {type}", {"body": "{type}", "type": "Люк"}) == "{type} · Люк"
    assert placeholders_of("{body} {typo}") == {"body"}
