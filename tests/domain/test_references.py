"""Codes said aloud: every slip of the tongue or the finger is caught, and none of them tells a time or a count."""

import contextlib
import secrets
from itertools import combinations, pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import references
from app.domain.errors import BadReceipt, BadReference

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY = b"k" * 32
REFERENCES = [references.new_reference() for _ in range(40)] + ["00000000"]
RECEIPTS = [references.receipt_for(UUID(int=n), KEY) for n in (0, 1, 2**127)]
bodies = st.text(CROCKFORD, min_size=7, max_size=7)


def with_check(body: str) -> str:
    return body + references.check_character(body)


def is_reference(code: str) -> bool:
    try:
        return references.parse_reference(code) == code
    except BadReference:
        return False


def is_receipt(code: str) -> bool:
    try:
        return references.parse_receipt(code) == code
    except BadReceipt:
        return False


def wrong_characters(code: str) -> list[str]:
    places = range(len(code))
    return [code[:i] + char + code[i + 1 :] for i in places for char in CROCKFORD if char != code[i]]


def swaps(code: str) -> list[str]:
    """Any two places, not only neighbours; equal characters cannot be told from no swap."""
    found = []
    for i, j in combinations(range(len(code)), 2):
        chars = list(code)
        chars[i], chars[j] = chars[j], chars[i]
        if chars[i] != chars[j]:
            found.append("".join(chars))
    return found


def test_alphabet_is_crockfords():
    assert references.ALPHABET == CROCKFORD


def test_a_new_reference_is_seven_characters_and_a_check():
    assert all(len(code) == 8 and set(code) <= set(CROCKFORD) and is_reference(code) for code in REFERENCES)


@pytest.mark.parametrize("code", REFERENCES, ids=range(len(REFERENCES)))
def test_every_single_wrong_character_of_a_reference_is_caught(code):
    wrong = wrong_characters(code)
    assert len(wrong) == 8 * 31
    assert not [slip for slip in wrong if is_reference(slip)]


@pytest.mark.parametrize("code", REFERENCES, ids=range(len(REFERENCES)))
def test_every_swap_of_two_characters_of_a_reference_is_caught(code):
    assert not [slip for slip in swaps(code) if is_reference(slip)]


@pytest.mark.parametrize("code", RECEIPTS, ids=range(len(RECEIPTS)))
def test_every_single_wrong_character_and_swap_of_a_receipt_is_caught(code):
    slips = wrong_characters(code) + swaps(code)
    assert len(slips) > 27 * 31
    assert not [slip for slip in slips if is_receipt(slip)]


@given(bodies)
def test_every_pair_of_values_is_caught_at_every_pair_of_places(body):
    code = with_check(body)
    assert not [slip for slip in swaps(code) + wrong_characters(code) if is_reference(slip)]


def test_exactly_one_in_32_random_codes_passes_the_check():
    assert sum(is_reference("K7M42Q" + a + b) for a in CROCKFORD for b in CROCKFORD) == 32


@given(bodies)
def test_what_is_shown_is_read_back(body):
    code = with_check(body)
    assert references.parse_reference(references.show_reference(code)) == code
    assert references.show_reference(code)[4] == "-"


@given(
    bodies,
    st.lists(st.sampled_from(["", " ", "-", "  ", "\u00a0", "\u2011", "\u2013", "\u2014", "\t", "\n"]), min_size=9),
    st.booleans(),
)
def test_spaces_dashes_and_case_do_not_matter(body, gaps, lower):
    code = with_check(body)
    typed = "".join(gap + char for gap, char in zip(gaps, code, strict=False)) + gaps[8]
    assert references.parse_reference(typed.lower() if lower else typed) == code


@given(bodies, st.data())
def test_o_i_and_l_are_read_as_zero_and_one(body, data):
    code = with_check(body)
    heard = {"0": "0oO", "1": "1iIlL"}
    typed = "".join(data.draw(st.sampled_from(heard.get(char, char))) for char in code)
    assert references.parse_reference(typed) == code


def test_letters_of_a_keyboard_left_in_cyrillic_are_read_by_their_shape():
    code = with_check("ABCEHKM")
    assert references.parse_reference("АВСЕНКМ" + code[-1]) == code
    assert references.parse_reference("авсенкм" + code[-1]) == code
    other = with_check("0PTYX1X")
    assert references.parse_reference("орТУхІх" + other[-1]) == other


@pytest.mark.parametrize("typed", ["", "K7M4", "K7M42QX", "K7M42QXTT", "UUUUUUUU", "K7M4*QXT", "K7M4_2QX", "\x00" * 8])
def test_what_is_no_reference_is_refused(typed):
    with pytest.raises(BadReference):
        references.parse_reference(typed)


@given(st.text(max_size=40))
def test_no_text_crashes_the_readers(typed):
    for read, refusal in ((references.parse_reference, BadReference), (references.parse_receipt, BadReceipt)):
        with contextlib.suppress(refusal):
            assert set(read(typed)) <= set(CROCKFORD)


def test_a_reference_is_drawn_from_the_systems_randomness_and_nothing_else(monkeypatch):
    drawn = iter("ZZZZZZZ")
    monkeypatch.setattr(secrets, "choice", lambda alphabet: next(drawn))
    assert references.new_reference()[:7] == "ZZZZZZZ"


def test_references_hold_no_time_and_no_counter():
    """Twenty thousand in a row: two of them alike once in a hundred and seventy runs, hardly ever more; each character
    as often as any other, no order."""
    codes = [references.new_reference() for _ in range(20_000)]
    assert len(set(codes)) >= len(codes) - 1
    for place in range(7):
        often = [sum(code[place] == char for code in codes) for char in CROCKFORD]
        assert min(often) > 450  # 625 expected, standard deviation 25
        assert max(often) < 800
    rising = sum(a < b for a, b in pairwise(codes))
    assert 9_400 < rising < 10_600


@pytest.mark.parametrize("code", [references.new_reference(), RECEIPTS[0]], ids=["reference", "receipt"])
def test_no_public_code_has_the_length_of_a_ulid_or_a_uuid(code):
    assert len(code) not in {26, 32, 36}
    with pytest.raises(ValueError, match="badly formed"):
        UUID(code)


def uuid7(milliseconds: int, tail: int) -> UUID:
    return UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | tail)


def test_a_receipt_does_not_show_the_time_in_a_client_id():
    """Client ids of one millisecond share 48 bits; their receipts agree in half of their bits, as any two do."""
    receipts = [references.receipt_for(uuid7(1_790_000_000_000, tail), KEY) for tail in range(300)]
    assert len({receipt[:4] for receipt in receipts}) > 290


@given(st.uuids())
def test_a_receipt_is_the_same_for_the_same_client_id_and_key(client_id):
    receipt = references.receipt_for(client_id, KEY)
    assert receipt == references.receipt_for(client_id, KEY)
    assert receipt != references.receipt_for(client_id, b"o" * 32)
    assert references.parse_receipt(references.show_receipt(receipt)) == receipt
    assert references.parse_receipt(references.show_receipt(receipt).lower()) == receipt


@given(st.uuids(), st.uuids())
def test_two_client_ids_have_two_receipts(one, other):
    assert (references.receipt_for(one, KEY) == references.receipt_for(other, KEY)) == (one == other)


def number(receipt: str) -> int:
    value = 0
    for char in receipt[:26]:
        value = value * 32 + CROCKFORD.index(char)
    return value


def test_a_receipt_carries_128_bits_each_of_them_used():
    numbers = [number(references.receipt_for(UUID(int=n), KEY)) for n in range(400)]
    assert all(n < 2**128 for n in numbers)
    for bit in range(128):
        ones = sum(n >> bit & 1 for n in numbers)
        assert 120 < ones < 280  # 200 expected, standard deviation 10


def test_only_the_hash_of_a_receipt_need_be_kept():
    kept = references.receipt_hash(RECEIPTS[0])
    assert len(kept) == 32
    assert RECEIPTS[0].encode() not in kept
    assert kept != references.receipt_hash(RECEIPTS[1])
