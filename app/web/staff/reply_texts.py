"""Templates of replies on a hazard's page: filled for it, in the language of whoever reported it.

Decision: each is a link that opens the page again with its text in the form, so that it works without a script; with
one the text goes into the field at once. Where reporters wrote in several languages the text stands in each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from app import i18n
from app.domain.lifecycle import Act
from app.domain.references import show_reference
from app.domain.reply import fill_template
from app.models import ReplyTemplate
from app.queries.reply_templates import templates_for
from app.queries.staff import StaffHazard

SHOWN = 110
"""Characters of a template in the list."""
FIELDS = ("note", "reason")


def offer_templates(session: Session, page: StaffHazard, forms: list[dict[str, Any]]) -> None:
    """Give each form with words its `templates`, and fill in the one that the address asks for."""
    found = (
        templates_for(session, body_id=page.hazard.body_id, hazard_type=page.kind.code, group=page.kind.group)
        if forms
        else ()
    )
    languages = reporter_languages(page)
    values = {language: _values(page, language) for language in {*languages, i18n.language()}}
    for form in forms:
        field = next((name for name in FIELDS if name in form["fields"]), None)
        suits = [each for each in found if field is not None and each.act in {None, form["act"]}]
        filled = [(each, _text(each, languages, values)) for each in suits]
        form["template_field"] = field
        form["templates"] = [_link(page, form["act"], *pair, values) for pair in filled if pair[1] is not None]
        _fill(form, field, {each.code: text for each, text in filled})


def reporter_languages(page: StaffHazard) -> list[str]:
    """Each language of the reports once, the first reporter's first; of none: the reader's own."""
    return list(dict.fromkeys(report.language for report in page.reports)) or [i18n.language()]


def _values(page: StaffHazard, language: str) -> dict[str, str | None]:
    hazard = page.hazard
    due = hazard.fix_due if hazard.made_safe_at or not hazard.make_safe_due else hazard.make_safe_due
    with i18n.speaking(language):
        return {
            "reference": show_reference(hazard.reference),
            "type": page.kind.name(language),
            "body": page.body.name(language) if page.body else None,
            "due": i18n.format_datetime(due) if due else None,
        }


def _text(template: ReplyTemplate, languages: Sequence[str], values: dict[str, dict[str, str | None]]) -> str | None:
    """In each of the languages; None where something that it needs is not known."""
    texts = [fill_template(template.text(language), values[language]) for language in languages]
    return None if None in texts else "\n\n".join(text for text in texts if text)


def _link(
    page: StaffHazard, act: str, template: ReplyTemplate, text: str | None, values: dict[str, dict[str, str | None]]
) -> dict[str, Any]:
    language = i18n.language()
    shown = fill_template(template.text(language), values[language]) or ""
    reference = show_reference(page.hazard.reference)
    return {
        "href": url_for("staff.hazard", reference=reference, act=act, template=template.code, _anchor=act),
        "shown": shown if len(shown) <= SHOWN else shown[: SHOWN - 1].rstrip() + "…",
        "text": text,
        "own": template.body_id is not None,
    }


def _fill(form: dict[str, Any], field: str | None, texts: dict[str, str | None]) -> None:
    """Without a script: the address names the act and the template."""
    asked = texts.get(request.args.get("template", ""))
    if field is None or not asked or request.method != "GET" or request.args.get("act") != Act(form["act"]).value:
        return
    form["form"][field].data = asked
    form["open"] = True
