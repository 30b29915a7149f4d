"""What happened with the own account, in words: a line of the audit for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.account_news import News
from app.i18n import gettext as _
from app.models import AuditEntry
from app.web import labels, labels_accounts
from app.web.auth.common import my_id


def news_words(entry: AuditEntry, who: str | None) -> dict[str, Any]:
    """A line of the page; `who`: the name of whoever did it."""
    mine = entry.by_account == my_id()
    return {"what": _what(entry.after or {}), "at": entry.at, "who": _("You") if mine else who or _("The system")}


def _what(after: Mapping[str, Any]) -> str:
    if "happened" in after:
        return labels_accounts.news(after["happened"])
    if "second_factor" in after:
        return labels_accounts.news(News.FACTORS_DROPPED)
    if "signs_in" in after:
        return _("The account was let in again") if after["signs_in"] else _("The account was disabled")
    return _("The role was given: %(roles)s", roles=", ".join(labels.role(each) for each in after.get("roles", ())))
