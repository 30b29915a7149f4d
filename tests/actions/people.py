"""People of several bodies, as many of a role as a test needs."""

from itertools import count

from sqlalchemy.orm import Session

from app.domain.permissions import Actor, Role
from app.models import Account

_NUMBER = count(1)


def person(
    session: Session, role: Role, body_id: int | None = None, *, name: str = "Айгүл", active: bool = True
) -> Actor:
    """An account that opens with no password, as it acts."""
    made = Account(
        email=f"{role}{next(_NUMBER)}@people.example", name=name, roles=[role.value], body_id=body_id,
        password_hash="!", active=active,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return Actor(made.id, frozenset({role}), body_id, name)
