"""What an import says at its end: each refused line with its reason, the counts, and an exit status for scripts."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from app.actions.imports import Outcome

REASONS = {
    "bad_client_id": "a report from elsewhere has this id",
    "bad_geometry": "its shape cannot be used",
    "bad_coordinates": "these are no coordinates",
    "out_of_bounds": "the place is outside the country",
    "unknown_hazard_type": "there is no such hazard type",
    "not_reportable": "hazards of this type are not kept here",
    "text_too_long": "its text is too long",
    "needs_reason": "give the reason: it stands in the history of each hazard that moves",
    "reroute_not_found": "there is no such run",
    "reroute_not_now": "a run in this state can be neither started nor stopped; see it with `qauip reroute show`",
    "reroute_stale": "borders or rules have changed since this preview: make another one",
    "no_borders_then": "no borders are known for this day: choose a later one",
    "unknown_area": "there is no such area",
    "bad_period": "it begins on that day or later, or has ended before",
    "borders_busy": "borders or rules are being imported just now: try again in a moment",
}
"""A DomainError's code in words: commands speak English, pages have `web/labels_errors.py`."""


def report(outcome: Outcome) -> None:
    """Say what came of an import; exit status 1 when nothing of the file was fit."""
    for repair in outcome.repaired:
        click.echo(f"repaired {repair.line}: {repair.reason}", err=True)
    for refusal in outcome.refused:
        click.echo(f"refused {refusal.line}: {in_words(refusal.reason)}", err=True)
    counts = ", ".join(f"{number} {what}" for what, number in outcome.counts.items() if number)
    click.echo(f"{counts or '0 read'}, {len(outcome.refused)} refused.")
    passed_over = outcome.counts["of other levels"] + outcome.counts["of no kind"]
    if len(outcome.refused) + passed_over >= outcome.counts["read"]:
        sys.exit(1)


def need_columns(file: Path, has: Iterable[str], needed: Iterable[str]) -> None:
    """Raise ClickException that names the columns which `file` lacks."""
    has = list(has)
    missing = [name for name in needed if name not in has]
    if missing:
        there = ", ".join(has) or "nothing"
        raise click.ClickException(f"{file} has no column {', '.join(missing)}; it has: {there}.")


def in_words(reason: str) -> str:
    """A reason that is a code, perhaps after whose it is, as words; others stay as they are."""
    whose, _, code = reason.rpartition(": ")
    words = REASONS.get(code, code)
    return f"{whose}: {words}" if whose else words
