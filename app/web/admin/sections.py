"""The sections of the administration: one table; a section shows when its page exists."""

from __future__ import annotations

from flask import current_app, request, url_for

from app.i18n import lazy_gettext as _
from app.web.access import actor, rule_of
from app.web.admin.routes import bp

SECTIONS = (
    ("admin.index", _("Queue")),
    ("admin.bodies", _("Organisations")),
    ("admin.rules", _("Rules")),
    ("admin.areas", _("Areas")),
    ("admin.calendar", _("Calendar")),
    ("admin.types", _("Kinds of hazards")),
    ("admin.escalation", _("Escalation")),
    ("admin.coverage", _("Coverage")),
    ("admin.what_if", _("What if")),
    ("admin.reroute", _("Re-routing")),
    ("admin.dead_letter_page", _("Not delivered")),
    ("admin.webhook_hosts", _("Systems of organisations")),
    ("reply_templates.index", _("Templates of replies")),
    ("admin.history", _("History of changes")),
    ("admin.accounts", _("Accounts")),
)


@bp.context_processor
def offer_sections() -> dict[str, object]:
    """`admin_sections`: {href, text, current} of each; a page below a section counts as that section.

    Auditors see the history alone.
    """
    return {"admin_sections": [_link(name, str(text)) for name, text in SECTIONS if _opens(name)]}


def _opens(endpoint: str) -> bool:
    rule = rule_of(current_app.view_functions.get(endpoint))
    return rule is not None and bool(rule.any_of & actor().permissions)


def _link(endpoint: str, text: str) -> dict[str, object]:
    href = url_for(endpoint)
    here = request.script_root + request.path
    below = endpoint != "admin.index" and here.startswith(href.rstrip("/") + "/")
    return {"href": href, "text": text, "current": here == href or below}
