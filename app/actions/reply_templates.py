"""Keep the templates of replies: a manager those of the own body, an administrator all, and the ones for everybody.

Each change stands in the audit as any other, where an administrator can take it back. Ours come with the reference
data; what a person has changed since is theirs (`reference_data.py`).
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from app.actions.administration.own_body import ensure_keeps, ensure_known, keeps
from app.actions.administration.record import Change, Noun, Values, edit, make, remove
from app.domain.errors import BadChoice, UnknownTemplate
from app.domain.lifecycle import Act
from app.domain.permissions import Actor
from app.domain.reply import MAX_TEMPLATE, check_template
from app.domain.text import clean
from app.i18n import LANGUAGES
from app.models import HazardType, ReplyTemplate

TEXTS = tuple(f"text_{language}" for language in LANGUAGES)


@dataclass(frozen=True)
class TemplateFacts:
    """All that may be said of a template. `act` None: every act with words; no type and no group: every kind."""

    text_kk: str
    text_ru: str
    text_en: str
    act: str | None = None
    hazard_type: str | None = None
    group: str | None = None
    offered: bool = True


class TemplateNoun(Noun):
    name = "reply_template"
    model = ReplyTemplate
    key = "code"
    fields: ClassVar[tuple[str, ...]] = ("code", "body_id", *TemplateFacts.__dataclass_fields__)
    missing = UnknownTemplate

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        """Raises NeedsTexts, BadPlaceholder, BadChoice, UnknownBody."""
        for name in TEXTS:
            check_template(getattr(row, name))
        if row.act is not None and row.act not in set(Act):
            raise BadChoice()
        with session.no_autoflush:
            _check_kind(session, row)
        ensure_known(session, row.body_id)


TEMPLATE = TemplateNoun()


def add_template(
    session: Session, *, by: Actor, body_id: int | None, facts: TemplateFacts, now: datetime
) -> ReplyTemplate:
    """One more, of a body or (None) for everybody. Raises NotPermitted, NeedsTexts, BadPlaceholder, BadChoice."""
    ensure_keeps(by, body_id)
    values = {"code": f"own-{secrets.token_hex(6)}", "body_id": body_id, **_cleaned(facts)}
    made: ReplyTemplate = make(session, TEMPLATE, values, change=Change(by, now))
    return made


def edit_template(
    session: Session, *, by: Actor, code: str, facts: TemplateFacts, now: datetime, seen: str | None = None
) -> ReplyTemplate:
    """Raises UnknownTemplate, NothingChanged, StaleVersion and what `add_template` raises."""
    row = _row(session, by, code)
    edited: ReplyTemplate = edit(session, TEMPLATE, row, _cleaned(facts), change=Change(by, now), seen=seen)
    return edited


def remove_template(session: Session, *, by: Actor, code: str, now: datetime) -> None:
    """Raises UnknownTemplate. What was written with it stays as it was written."""
    remove(session, TEMPLATE, _row(session, by, code), change=Change(by, now))


def _row(session: Session, by: Actor, code: str) -> ReplyTemplate:
    """Another body's is not there, as all that is another body's."""
    row: ReplyTemplate | None = TEMPLATE.find(session, code)
    if row is None or (row.body_id is not None and not keeps(by, row.body_id)):
        raise UnknownTemplate()
    ensure_keeps(by, row.body_id)
    return row


def _cleaned(facts: TemplateFacts) -> Values:
    values = asdict(facts)
    return values | {name: clean(values[name], limit=MAX_TEMPLATE) for name in TEXTS}


def _check_kind(session: Session, row: ReplyTemplate) -> None:
    if row.hazard_type is not None and row.group is not None:
        raise BadChoice()
    if row.hazard_type is not None and session.get(HazardType, row.hazard_type) is None:
        raise BadChoice()
