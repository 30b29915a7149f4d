"""What the server must read again itself, sealed at rest: the secrets of one-time codes.

Decision: PyNaCl's SecretBox (XSalsa20-Poly1305) under a key derived from SECRET_KEY. When that is changed, the old one
goes into SECRET_KEY_FALLBACKS: what it sealed is still opened, and is sealed anew when it is next used.
Without it the codes of the apps are refused; recovery codes and passkeys go on working, since they need no key, and
`qauip check` says how many secrets cannot be opened. Turned down: the vault's sealed boxes, which the web pages cannot
open by intention; a hash, from which no code can be computed.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox


class Seal:
    """Seals with the first of `secrets` and opens with any of them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._boxes = [SecretBox(hmac.digest(each.encode(), b"second factor", "sha256")) for each in secrets]

    def seal(self, data: bytes) -> bytes:
        """Different each time; 40 bytes longer than `data`."""
        return bytes(self._boxes[0].encrypt(data))

    def open(self, sealed: bytes) -> bytes | None:
        """None where none of the keys opens it, or it was changed."""
        return next((found for box in self._boxes if (found := _opened(box, sealed)) is not None), None)

    def is_new(self, sealed: bytes) -> bool:
        """Whether it was sealed with the key of today."""
        return _opened(self._boxes[0], sealed) is not None


def _opened(box: SecretBox, sealed: bytes) -> bytes | None:
    try:
        return box.decrypt(sealed)
    except (CryptoError, ValueError):
        return None
