"""Kinds of hazards: their names, advice, severity, target times, who answers and what the public sees.

Times and severities of hazards that are there already stay. When the rule of publishing changes, the map's clusters
follow at once; public places stay as they are, since what was shown exactly has been seen, and what was not must not
become so by an afterthought.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actions.administration.record import Change, Noun, Values, edit
from app.domain.errors import BadChoice, NeedsNames, UnknownHazardType
from app.domain.hazard import Publish, Severity
from app.domain.permissions import Actor, Permission, ensure
from app.domain.text import clean
from app.domain.type_rules import check_kinds, check_openness, check_season, check_target
from app.models import BodyKind, HazardType

NAME_MAX, ADVICE_MAX = 200, 1000
_HOLD_HAZARDS = text("LOCK TABLE hazard IN SHARE ROW EXCLUSIVE MODE")
_COUNT = text("""
INSERT INTO public_data.map_change (delta, hazard_type, state, x, y)
SELECT :delta, hazard_type, state, mercator_x(place), mercator_y(place)
  FROM public_data.public_hazard WHERE hazard_type = :code
""")


@dataclass(frozen=True)
class TypeFacts:
    """What an administrator may say of a type. `season`: months; `responsible`: kinds of bodies, the usual owner first,
    who makes safe last.
    """

    name_kk: str
    name_ru: str
    name_en: str
    advice_kk: str
    advice_ru: str
    advice_en: str
    severity: str
    make_safe_hours: int | None
    fix_value: int | None
    fix_unit: str | None
    publish: str
    season: list[int]
    responsible: list[str]
    reportable: bool


class TypeNoun(Noun):
    name = "hazard_type"
    model = HazardType
    key = "code"
    fields: ClassVar[tuple[str, ...]] = tuple(TypeFacts.__dataclass_fields__)
    missing = UnknownHazardType

    def find(self, session: Session, key: str) -> Any:
        """Locked, after hazards have been: whoever writes those asks for their type's row afterwards, by its key."""
        session.execute(_HOLD_HAZARDS)
        return super().find(session, key)

    def check(self, session: Session, row: Any, before: Values | None) -> None:
        if not all(getattr(row, f"{what}_{lang}") for what in ("name", "advice") for lang in ("kk", "ru", "en")):
            raise NeedsNames()
        if row.severity not in list(Severity) or row.publish not in list(Publish):
            raise BadChoice()
        check_target(row.make_safe_hours, row.fix_value, row.fix_unit)
        check_season(row.season)
        with session.no_autoflush:
            check_kinds(row.responsible, frozenset(session.scalars(select(BodyKind.code))))
        check_openness(row.code, publish=Publish(row.publish), reportable=row.reportable)

    def around(self, session: Session, row: Any, values: Values) -> AbstractContextManager[None]:
        if values.get("publish", row.publish) == row.publish:
            return nullcontext()
        return _clusters_follow(session, row.code)


TYPE = TypeNoun()


def edit_type(
    session: Session, *, by: Actor, code: str, facts: TypeFacts, now: datetime, seen: str | None = None
) -> HazardType:
    """Change a type. Raises UnknownHazardType, NeedsNames, BadChoice, BadTarget, NeedsKinds, NeverPublic,
    StaleVersion, NothingChanged.
    """
    ensure(by, Permission.ADMINISTER, anywhere=True)
    row = TYPE.find(session, code)
    if row is None:
        raise UnknownHazardType(hazard_type=code[:40])
    edited: HazardType = edit(session, TYPE, row, _cleaned(facts), change=Change(by, now), seen=seen)
    return edited


def _cleaned(facts: TypeFacts) -> Values:
    values = asdict(facts)
    for language in ("kk", "ru", "en"):
        values[f"name_{language}"] = clean(values[f"name_{language}"], limit=NAME_MAX)
        values[f"advice_{language}"] = clean(values[f"advice_{language}"], limit=ADVICE_MAX)
    return values


@contextmanager
def _clusters_follow(session: Session, code: str) -> Iterator[None]:
    """Take the type's public hazards off the map's counts, and put on those that are public afterwards."""
    session.execute(_COUNT, {"delta": -1, "code": code})
    yield
    session.execute(_COUNT, {"delta": 1, "code": code})
