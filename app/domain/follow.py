"""What followers are told of, and how an address is known again without being kept (decisions §18, §32)."""

import hmac
from datetime import timedelta

from app.domain.lifecycle import Act

FOLLOWED = frozenset(
    {
        Act.ACCEPT.value,
        Act.PLAN.value,
        Act.HOLD.value,
        Act.MAKE_SAFE.value,
        "made_safe_expired",
        Act.FIX.value,
        Act.CONFIRM_FIX.value,
        Act.CONFIRM_NOT_FOUND.value,
        Act.CONFIRM_REJECTION.value,
        Act.FORWARD.value,
        Act.REOPEN.value,
        Act.CORRECT.value,
        Act.DISPUTE.value,
        Act.MARK_DUPLICATE.value,
        Act.CONFIRM_DUPLICATE.value,
        "merge_undone",
        Act.CONFIRM_HAND_OVER.value,
        "overdue",
    }
)
"""Kinds of public events that matter to somebody who waits."""
FIXED = frozenset({Act.FIX.value, Act.CONFIRM_FIX.value})
"""After these a linked reporter is asked whether it is safe now."""
CONFIRM = "confirm"
"""The notice that asks whether the address is theirs."""
ASKED = "question"
"""The notice to a reporter that a question waits on the receipt; it holds no word of it."""
FORGOTTEN_AFTER = timedelta(days=90)
"""After the hazard was closed."""
UNCONFIRMED_AFTER = timedelta(days=7)
"""Whoever never answered is forgotten."""


def address_key(address: str, secret: bytes, *, report_id: int | None = None) -> bytes:
    """A keyed hash: the same address gives the same, and nobody without the secret can try addresses.

    By a receipt (`report_id`) it is another one: else whoever joins a hazard would learn, by what the own receipt then
    shows, whether an address follows already, and a receipt could not take back what was left without it.
    """
    by = b"follow:" if report_id is None else b"follow:%d:" % report_id
    return hmac.digest(secret, by + address.strip().casefold().encode(), "sha256")


def mailbox(address: str) -> str:
    """Where letters to `address` arrive: `child+1@x.kz` and `child+2@x.kz` are one box to be flooded."""
    name, at, host = address.rpartition("@")
    return name.partition("+")[0] + at + host
