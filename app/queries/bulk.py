"""Hazards to be acted on together, and what became of them, for whoever chose them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.permissions import Actor
from app.models import BulkRun, Hazard
from app.queries.listed import ids_of


def run_of(session: Session, *, actor: Actor, key: str) -> BulkRun | None:
    """The actor's own run, or None."""
    run = session.get(BulkRun, key)
    return run if run is not None and run.account_id == actor.account_id else None


def chosen_hazards(session: Session, *, actor: Actor, references: Sequence[str]) -> list[Hazard]:
    """Those that the actor may see, in the order given."""
    ids = ids_of(session, actor=actor, references=references)
    found = {row.reference: row for row in session.scalars(select(Hazard).where(Hazard.id.in_(ids.values())))}
    return [found[reference] for reference in references if reference in found]
