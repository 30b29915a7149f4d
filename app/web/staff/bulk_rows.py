"""The hazards of a bulk act as they come and go with its forms: `reference:version`, as they were when chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import i18n
from app.actions.bulk import BULK_ACTS, MAX_ROWS, Chosen, foresee
from app.actions.hazards import subject_of
from app.domain.errors import DomainError, HazardNotFound, NothingChosen, StaleVersion, TooManyRows
from app.domain.inbox import Wanted
from app.domain.lifecycle import Act
from app.domain.permissions import Actor
from app.domain.references import parse_reference, show_reference
from app.models import BulkRun, Hazard
from app.queries.bulk import chosen_hazards
from app.queries.inbox import hazard_ids
from app.queries.listed import listed
from app.web import labels
from app.web.context import now
from app.web.staff.rule_words import no_second_for
from app.web.staff.words import hazard_url, state_of


@dataclass(frozen=True)
class Row:
    """One hazard before the act; `refusal` why it would be refused, None where it would be done."""

    reference: str
    words: dict[str, Any]
    refusal: str | None


def chosen_of(session: Session, form: MultiDict[str, str], actor: Actor) -> tuple[list[Chosen], int]:
    """What was ticked, or all that match the filter, as they are now; and how many did match beyond the limit.

    Raises NothingChosen, TooManyRows.
    """
    if form.get("all"):
        return _matching(session, form, actor)
    ticked = [each for text in (*form.getlist("ref"), *form.getlist("rows")) for each in text.split()]
    chosen = list({each.reference: each for each in _parsed(ticked)}.values())
    if not chosen:
        raise NothingChosen()
    if len(chosen) > MAX_ROWS:
        raise TooManyRows(limit=MAX_ROWS)
    return _with_versions(session, actor, chosen), 0


def wanted_of(form: MultiDict[str, str]) -> Wanted:
    """The filter that came with the form: as one text (`filter`), or as fields of its own."""
    asked = form.get("filter")
    return Wanted.parse(parse_qs(asked) if asked else form)


def joined(chosen: Iterable[Chosen]) -> str:
    """The rows as one hidden field, without the limit of parts that a form has."""
    return " ".join(f"{each.reference}:{each.version}" for each in chosen)


def rows_of(session: Session, actor: Actor, chosen: Sequence[Chosen], act: Act | None) -> list[Row]:
    """Each row in words, with what would refuse `act`."""
    references = [each.reference for each in chosen]
    hazards = {each.reference: each for each in chosen_hazards(session, actor=actor, references=references)}
    ids = [each.id for each in hazards.values()]
    words = {row.reference: row_words(row) for row in listed(session, actor=actor, ids=ids, language=i18n.language())}
    return [
        Row(
            each.reference,
            words.get(each.reference) or unknown_words(each.reference),
            _refusal(session, actor, act, each, hazards.get(each.reference)),
        )
        for each in chosen
    ]


def possible(session: Session, actor: Actor, chosen: Sequence[Chosen]) -> dict[Act, int]:
    """How many of the rows each act could be done on now; acts that none allows are left out."""
    hazards = chosen_hazards(session, actor=actor, references=[each.reference for each in chosen])
    subjects = [subject_of(each) for each in hazards]
    counts = {act: sum(foresee(actor, act, subject) is None for subject in subjects) for act in BULK_ACTS}
    return {act: count for act, count in counts.items() if count}


def common_body(session: Session, actor: Actor, chosen: Sequence[Chosen]) -> int | None:
    """The one body that answers for all rows, or None."""
    hazards = chosen_hazards(session, actor=actor, references=[each.reference for each in chosen])
    bodies = {each.body_id for each in hazards}
    return bodies.pop() if len(bodies) == 1 else None


def results(session: Session, actor: Actor, run: BulkRun) -> list[dict[str, Any]]:
    """What became of each row; `retry`: as it is now, where it was refused and the actor still sees it."""
    references = [row["reference"] for row in run.rows]
    hazards = chosen_hazards(session, actor=actor, references=references)
    ids = [each.id for each in hazards]
    versions = {each.reference: each.version for each in hazards}
    words = {row.reference: row_words(row) for row in listed(session, actor=actor, ids=ids, language=i18n.language())}
    return [
        {
            "done": row["code"] is None,
            "sentence": _sentence(row["code"], row["values"]),
            "retry": f"{row['reference']}:{versions[row['reference']]}" if row["reference"] in versions else "",
            **(words.get(row["reference"]) or unknown_words(row["reference"])),
        }
        for row in run.rows
    ]


def _sentence(code: str | None, values: dict[str, Any]) -> str:
    """Of a refusal that was kept, word for word as the page before the act said it."""
    return (labels.kept_error(code, values) or labels.error_by_code(code, values)) if code else ""


def row_words(row: Any) -> dict[str, Any]:
    """A line of the list."""
    return {
        "url": hazard_url(row.reference),
        "reference": show_reference(row.reference),
        "title": row.title,
        "group": row.type_group,
        "state": state_of(row),
        "status": row.status,
        "status_text": labels.status(row.status),
        "place": " · ".join(part for part in (row.near, row.area) if part) or "—",
        "whom": row.crew or row.assignee or "",
    }


def unknown_words(reference: str) -> dict[str, Any]:
    """Of one that is not there for the actor: no more than what was sent."""
    return {"url": "", "reference": show_reference(reference), "title": "", "place": "", "status": "", "whom": ""}


def _refusal(session: Session, actor: Actor, act: Act | None, row: Chosen, hazard: Hazard | None) -> str | None:
    refusal: DomainError | None = None
    if hazard is None:
        refusal = HazardNotFound(reference=row.reference)
    elif hazard.version != row.version:
        refusal = StaleVersion()
    elif act is not None:
        refusal = foresee(actor, act, subject_of(hazard)) or no_second_for(session, hazard, actor, act)
    return labels.error(refusal) if refusal else None


def _matching(session: Session, form: MultiDict[str, str], actor: Actor) -> tuple[list[Chosen], int]:
    ids = hazard_ids(session, actor=actor, wanted=wanted_of(form), now=now(), limit=MAX_ROWS + 1)
    rows = listed(session, actor=actor, ids=ids[:MAX_ROWS], language=i18n.language())
    chosen = [Chosen(row.reference, row.version) for row in rows]
    if not chosen:
        raise NothingChosen()
    return chosen, len(ids) - len(chosen)


def _parsed(ticked: Iterable[str]) -> list[Chosen]:
    """Of each "reference:version"; without a version it is 0, for which `_with_versions` looks."""
    found = []
    for text in ticked:
        code, _sign, version = text.partition(":")
        try:
            reference = parse_reference(code)
        except DomainError:
            continue
        found.append(Chosen(reference, int(version) if version.isdecimal() and len(version) < 10 else 0))
    return found


def _with_versions(session: Session, actor: Actor, chosen: Sequence[Chosen]) -> list[Chosen]:
    """Rows whose form said no version are chosen as they are now."""
    missing = [each.reference for each in chosen if not each.version]
    now_are = {each.reference: each.version for each in chosen_hazards(session, actor=actor, references=missing)}
    return [each if each.version else Chosen(each.reference, now_are.get(each.reference, 0)) for each in chosen]
