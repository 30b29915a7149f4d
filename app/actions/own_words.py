"""What staff write for a body or for everybody: never of violence against a person, never a sealed report over again.

The rule is asked here and not at a door, so that each door obeys it. What is harmless about a hazard of one group (a
wire hits, a dog bites) stays possible.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.domain.errors import NotOwnWords, PointsToViolence
from app.domain.lifecycle import RULES, Act, Given
from app.domain.own_words import copies
from app.domain.permissions import Permission
from app.domain.policy import Policy
from app.domain.violence import for_the_desk
from app.models import Hazard
from app.queries import intake


def refuse_violence(session: Session, text: str, *, hazard_type: str, policy: Policy) -> None:
    """Raises PointsToViolence, and UnknownHazardType for a code that is none."""
    if has_violence(session, text, hazard_type=hazard_type, policy=policy):
        raise PointsToViolence()


def refuse_passing_on(session: Session, hazard: Hazard, act: Act, given: Given, policy: Policy) -> None:
    """Raises PointsToViolence for the words of a moderator's act: the body reads them, but not what moderators read."""
    if RULES[act].who is Permission.MODERATE:
        for words in (given.note, given.reason):
            refuse_violence(session, words, hazard_type=hazard.hazard_type, policy=policy)


def has_violence(session: Session, text: str, *, hazard_type: str, policy: Policy) -> bool:
    """Whether `text` about a hazard of this type is for the desk alone. Raises UnknownHazardType."""
    return for_the_desk(text, intake.hazard_type(session, hazard_type).group, policy.signs)


def refuse_copied(text: str, heard: Iterable[str]) -> None:
    """Raises NotOwnWords where `text` repeats one of those that were `heard`."""
    if copies(text, heard):
        raise NotOwnWords()
