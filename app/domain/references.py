"""Codes that people say aloud: the public reference of a hazard and the secret receipt of a report.

Alphabet: Crockford's base 32 (no I, L, O, U). The check character is a linear code over GF(32): it catches every single
wrong character and every swap of two characters. Turned down: Crockford's own mod-37 check, whose five extra symbols
(`* ~ $ = U`) cannot be said or put in a URL; Luhn mod 32, which misses some swaps.
"""

import base64
import hashlib
import hmac
import re
import secrets
from functools import cache
from uuid import UUID

from app.domain.errors import BadReceipt, BadReference, DomainError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {char: index for index, char in enumerate(ALPHABET)}
_CYRILLIC = ("АВСЕНКМОРТУХІ", "ABCEHKM0PTYX1")  # the same shapes, from a keyboard left in Cyrillic
_ALIASES = str.maketrans("OIL" + _CYRILLIC[0], "011" + _CYRILLIC[1])
_GAPS = re.compile(r"[\s\-\u2010-\u2015\u2212]+")  # telephones turn a hyphen into a dash
_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())
REFERENCE_LENGTH = 8
PART_LENGTH = 4
"""Of a half of a reference, as it is shown: the least that is searched for."""
RECEIPT_LENGTH = 27  # 26 characters carry 130 bits, of which 128 are random; one checks


def new_reference() -> str:
    """A public reference: 7 random characters (35 bits) and a check character.

    Not secret, holds no time and no counter.
    """
    body = "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH - 1))
    return body + check_character(body)


def parse_reference(typed: str) -> str:
    """The canonical form of what a person typed or said; raises BadReference."""
    return _parse(typed, REFERENCE_LENGTH, BadReference)


def reference_part(typed: str) -> str | None:
    """The beginning of a reference or of its second half, in canonical letters, or None where it cannot be one."""
    code = _bare(typed)
    fits = PART_LENGTH <= len(code) < REFERENCE_LENGTH and all(char in _VALUE for char in code)
    return code if fits else None


def show_reference(reference: str) -> str:
    """`K7M42QXT` -> `K7M4-2QXT`."""
    return f"{reference[:4]}-{reference[4:]}"


def receipt_for(client_id: UUID, key: bytes) -> str:
    """The receipt of the report that `client_id` made: HMAC-SHA256 cut to 128 bits, so that a repeated sending gets
    the same one.

    Only its hash is stored. Without `key` nobody can derive it; with another key a repeat gets none.
    """
    digest = hmac.digest(key, b"receipt:" + client_id.bytes, "sha256")[:16]
    body = _encode(int.from_bytes(digest, "big"), RECEIPT_LENGTH - 1)
    return body + check_character(body)


def parse_receipt(typed: str) -> str:
    """The canonical form of a typed receipt; raises BadReceipt."""
    return _parse(typed, RECEIPT_LENGTH, BadReceipt)


def show_receipt(receipt: str) -> str:
    """Groups of five, for reading and typing."""
    return "-".join(receipt[i : i + 5] for i in range(0, len(receipt), 5))


def receipt_hash(receipt: str) -> bytes:
    """What the database keeps of a receipt: SHA-256 (128 random bits need no slow hash)."""
    return hashlib.sha256(receipt.encode()).digest()


def check_character(body: str) -> str:
    """Sum of value * a**position over GF(32), a a generator: weights differ, so a swap changes the sum."""
    total = 0
    for char, product in zip(body, _products(), strict=False):
        total ^= product[char]
    return ALPHABET[total]


@cache
def _products() -> tuple[dict[str, int], ...]:
    """For each position of the longest code, what a character there adds."""
    found, weight = [], 2
    for _ in range(RECEIPT_LENGTH):
        found.append({char: _times(value, weight) for char, value in _VALUE.items()})
        weight = _times(weight, 2)
    return tuple(found)


def _times(a: int, b: int) -> int:
    """Product in GF(32) with the primitive polynomial x^5 + x^2 + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a, b = a << 1, b >> 1
        if a & 32:
            a ^= 0b100101
    return product


def _encode(number: int, length: int) -> str:
    size = -(-length // 8) * 5  # bytes: base64 speaks base 32 too, eight letters at a time
    return (
        base64.b32encode((number << (8 * size - 5 * length)).to_bytes(size, "big"))[:length].translate(_OURS).decode()
    )


def _bare(typed: str) -> str:
    return _GAPS.sub("", typed).upper().translate(_ALIASES)


def _parse(typed: str, length: int, error: type[DomainError]) -> str:
    code = _bare(typed)
    if len(code) != length or any(char not in _VALUE for char in code):
        raise error()
    if check_character(code[:-1]) != code[-1]:
        raise error()
    return code
