"""An administrator, two bodies, a city with a district, three hazard types."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.administration.bodies import BodyFacts
from app.actions.administration.types import TYPE, TypeFacts
from app.domain.errors import DomainError
from app.domain.permissions import Actor, Role
from app.domain.rule_change import RuleFacts
from app.models import Account, AuditEntry, BodyKind, HazardType
from tests.jobs.kit import NAMES, add_area, add_body, add_types

TODAY = date(2026, 11, 24)
DISTRICT = "751110000"


@pytest.fixture
def by(session: Session) -> Actor:
    add_types(session)
    add_area(session)
    session.add(BodyKind(code="water_utility", **NAMES))
    session.flush()
    return account(session, Role.ADMINISTRATOR)


@pytest.fixture
def body(session: Session, by: Actor) -> int:
    return add_body(session)


@contextmanager
def refused(session: Session, refusal: type[DomainError]) -> Iterator[None]:
    """The block is refused, and leaves nothing behind."""
    with pytest.raises(refusal), session.begin_nested():
        yield
    session.expire_all()


def account(session: Session, role: Role, body_id: int | None = None) -> Actor:
    made = Account(email=f"{role}@x.example", name="x", roles=[role.value], body_id=body_id, password_hash="!")
    session.add(made)
    session.flush()
    return Actor(made.id, frozenset({role}), body_id)


def body_facts(**more: Any) -> BodyFacts:
    given = {
        "name_kk": "Жылу",
        "name_ru": "Теплосеть",
        "name_en": "Heating",
        "kind": "water_utility",
        "email": "heat@city.example",
        "phone": "109",
        "working_hours": "24/7",
        "parent_id": None,
        "language": "kk",
        "active": True,
    }
    return BodyFacts(**(given | more))


def rule_facts(body_id: int, **more: Any) -> RuleFacts:
    given = {
        "area_code": DISTRICT,
        "hazard_type": None,
        "group": None,
        "hint": None,
        "hint_value": None,
        "rank": 100,
        "valid_from": TODAY,
        "valid_until": None,
    }
    return RuleFacts(body_id=body_id, **(given | more))


def type_facts(row: HazardType, **more: Any) -> TypeFacts:
    return TypeFacts(**(TYPE.snapshot(row) | more))


def entries(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def last(session: Session) -> AuditEntry:
    return entries(session)[-1]
