"""Give a filter of the inbox a name, another name, the start page, or the dustbin. Each person has their own.

Decision: a row by the number and the person together, so that a foreign number is the same as none. Turned down:
filters shared within a body: an address can be sent to a colleague already.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import FilterNameTaken, NeedsFilterName, NotPermitted, TooManyFilters, UnknownFilter
from app.domain.permissions import Actor, Permission
from app.domain.text import clean
from app.models import SavedFilter

MAX_FILTERS, MAX_NAME, MAX_QUERY = 30, 60, 2_000
_SEES = (Permission.SEE_BODY_HAZARDS, Permission.SEE_ALL_HAZARDS)


def save_filter(session: Session, *, by: Actor, name: str, query: str, start: bool = False) -> int:
    """A new filter; its id. Raises NeedsFilterName, FilterNameTaken, TooManyFilters."""
    account_id = _person(by)
    ids = session.scalars(select(SavedFilter.id).where(SavedFilter.account_id == account_id)).all()
    if len(ids) >= MAX_FILTERS or len(query) > MAX_QUERY:
        raise TooManyFilters(limit=MAX_FILTERS)
    made = SavedFilter(account_id=account_id, name=_free_name(session, account_id, name), query=query)
    session.add(made)
    session.flush()
    if start:
        make_start(session, by=by, filter_id=made.id)
    return made.id


def rename_filter(session: Session, *, by: Actor, filter_id: int, name: str) -> None:
    """Raises UnknownFilter, NeedsFilterName, FilterNameTaken."""
    kept = _mine(session, by, filter_id)
    kept.name = _free_name(session, kept.account_id, name, but=kept.id)
    session.flush()


def make_start(session: Session, *, by: Actor, filter_id: int | None) -> None:
    """Open the inbox with this filter from now on, or with none. Raises UnknownFilter."""
    account_id = _person(by)
    wanted = _mine(session, by, filter_id) if filter_id is not None else None
    session.execute(update(SavedFilter).where(SavedFilter.account_id == account_id).values(start=False))
    if wanted is not None:
        wanted.start = True
        session.flush()


def delete_filter(session: Session, *, by: Actor, filter_id: int) -> None:
    """Raises UnknownFilter."""
    session.delete(_mine(session, by, filter_id))
    session.flush()


def _person(by: Actor) -> int:
    """Whose filters they are: of somebody who may see an inbox. Raises NotPermitted."""
    if by.account_id is None or not any(by.may(each, anywhere=True) for each in _SEES):
        raise NotPermitted(permission=Permission.SEE_BODY_HAZARDS.value)
    return by.account_id


def _mine(session: Session, by: Actor, filter_id: int) -> SavedFilter:
    mine = select(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.account_id == _person(by))
    found = session.scalar(mine.with_for_update())
    if found is None:
        raise UnknownFilter()
    return found


def _free_name(session: Session, account_id: int, typed: str, *, but: int = 0) -> str:
    name = " ".join(clean(typed[: MAX_NAME * 2]).split())[:MAX_NAME].strip()
    if not name:
        raise NeedsFilterName()
    same = select(SavedFilter.id).where(SavedFilter.account_id == account_id, SavedFilter.name == name)
    if session.scalar(same.where(SavedFilter.id != but)) is not None:
        raise FilterNameTaken()
    return name
