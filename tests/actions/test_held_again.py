"""Whatever is sent to the desk under one id, in whatever order: each content is held once, all under one receipt."""

from dataclasses import replace
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actions.held import hold_report
from app.domain.held import HeldContent, Sealed
from app.models import Held, HeldPhoto
from tests.actions.town import POLICY
from tests.jobs.kit import NOW

CONTENTS = st.builds(
    HeldContent,
    texts=st.sampled_from([("",), ("Ол мені ұрады",), ("Ол мені ұрады!",)]),
    language=st.sampled_from(["kk", "ru"]),
    hazard_type=st.sampled_from([None, "MANHOLE_OPEN"]),
    geometry=st.sampled_from([None, {"type": "Point", "coordinates": (76.9, 43.2)}]),
    hints=st.sampled_from([{}, {"water": "yes"}]),
    someone_hurt=st.booleans(),
    unreadable=st.integers(0, 1),
)
SENDINGS = st.lists(st.tuples(CONTENTS, st.lists(st.sampled_from("abc"), max_size=3)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SENDINGS)
def test_each_content_is_held_once_with_its_photos(session: Session, sendings: list) -> None:
    client_id = uuid4()
    told, named = [], []
    with session.begin_nested() as savepoint:
        for content, photos in (*sendings, *reversed(sendings)):

            def seal(again: str | None, n: int = len(set(photos))) -> tuple[Sealed, list[Sealed]]:
                named.append(again)
                return Sealed("k", b"sealed"), [Sealed("k", b"photo")] * n

            told.append(
                hold_report(session, client_id=client_id, said=content.said(photos), seal=seal, policy=POLICY, now=NOW)
            )
        different = {}
        for content, photos in sendings:
            said = replace(content, language="", unreadable=0)
            different[repr(said), frozenset(photos)] = len(set(photos))
        assert session.scalar(select(func.count(Held.id))) == len(different)
        assert session.scalar(select(func.count(HeldPhoto.id))) == sum(different.values())
        assert len({(made.reference, made.receipt) for made in told}) == 1
        assert [made.created for made in told] == [True] + [False] * (len(told) - 1)
        assert named == [None] + [told[0].reference] * (len(told) - 1)
        savepoint.rollback()
