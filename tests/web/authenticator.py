"""A passkey in software: makes keys of ES256 without attestation and signs challenges, as a phone does."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftPasskey:
    """One key. `counts`: whether its counter grows; `verifies`: whether it asks its owner for a finger."""

    origin: str
    rp_id: str
    counts: bool = True
    verifies: bool = True
    counter: int = 0
    handle: str = ""
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: dict[str, Any]) -> str:
        """The answer to a registration's options."""
        self.handle = options["user"]["id"]
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)}
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + encode_cbor(cose)
        given = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        response = {"attestationObject": bytes_to_base64url(encode_cbor(given))}
        return self._answer("webauthn.create", options["challenge"], response)

    def get(self, options: dict[str, Any], **changed: Any) -> str:
        """The answer to a sign-in's options; `changed` spoils parts of it: origin, challenge, data."""
        self.counter += self.counts
        data = changed.get("data", self._data(0))
        client = self._client("webauthn.get", changed.get("challenge", options["challenge"]), changed.get("origin"))
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": changed.get("handle", self.handle),
        }
        return self._wrapped(client, response)

    def _answer(self, kind: str, challenge: str, response: dict[str, str]) -> str:
        return self._wrapped(self._client(kind, challenge, None), response)

    def _wrapped(self, client: bytes, response: dict[str, str]) -> str:
        shown = bytes_to_base64url(self.credential_id)
        response |= {"clientDataJSON": bytes_to_base64url(client)}
        return json.dumps({"id": shown, "rawId": shown, "type": "public-key", "response": response})

    def _client(self, kind: str, challenge: str, origin: str | None) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin or self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)
