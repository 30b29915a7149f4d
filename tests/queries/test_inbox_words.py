"""What words find in the inbox: texts, types, streets, districts and references, and only those of the own body."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.inbox import Wanted
from app.domain.permissions import Actor
from app.domain.search_text import search_key
from app.domain.text import fold
from app.models import Hazard, Place
from app.queries.inbox import hazard_ids, inbox
from tests.jobs.kit import NOW, add_area, add_body, add_hazard, add_report, add_types
from tests.queries.inbox_kit import COORDINATOR, bodies, dispatcher

__all__ = ["bodies"]


@pytest.mark.parametrize(
    "typed",
    ["қақпағы", "ҚАҚПАҒЫ", "какпагы", "қақпақ", "балалар", "люк", "люка", "абая", "пр. Абая", "Абай даңғылы", "manhole",
     "люк Абая", "қақпағы жоқ балалар", "children"],
)  # fmt: skip
def test_words_are_found_in_texts_types_and_streets_however_they_are_spelled(session: Session, typed: str) -> None:
    add_types(session)
    names = {"name_kk": "Абай даңғылы", "name_ru": "проспект Абая", "name_en": "Abay avenue"}
    street = LineString([(76.92, 43.2567), (76.94, 43.2567)])
    session.add(
        Place(source="t", external_id="2", kind="street", search_key=search_key(names.values()), geom=street, **names)
    )
    body = add_body(session)
    here = add_hazard(session, body_id=body, public_text="Children play here")
    add_report(session, here, "Қақпағы жоқ, балалар жиі жүреді")
    far = add_hazard(session, body_id=body, hazard_type="ROPE", place=Point(76.99, 43.39))
    add_report(session, far, "Трос поперёк тротуара")
    found = hazard_ids(session, actor=dispatcher(body), wanted=Wanted.parse({"q": typed}), now=NOW, limit=9)
    assert here.id in found
    assert (far.id in found) == (typed in {"люк", "люка", "manhole"})  # the test's types have one name


@given(st.text(alphabet="АаӘәЁёЙйҚқҒғІіҺһЎўЩщ Kkhaex-'12ÉéIı.", max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_folds_as_the_domain_does(session: Session, typed: str) -> None:
    assert session.scalar(text("SELECT folded_words(:typed)"), {"typed": typed}) == fold(typed).split()


@pytest.mark.parametrize("typed", ["балалар", "қақпағы балалар", "колодец", "люк", "жоқ жүреді"])
@pytest.mark.parametrize("closed", [False, True])
def test_common_words_give_the_same_pages_however_far_is_walked(
    session: Session, bodies: tuple[int, int], monkeypatch: pytest.MonkeyPatch, typed: str, *, closed: bool
) -> None:
    monkeypatch.setattr("app.queries.inbox_words.FEW", 3)
    wanted = Wanted.parse({"q": typed, "state": "closed" if closed else ""})
    whole = hazard_ids(session, actor=COORDINATOR, wanted=wanted, now=NOW, limit=500)
    assert whole
    for walk in (1, 9, 25, 500):
        monkeypatch.setattr("app.queries.inbox.WALK", walk)
        assert paged(session, wanted) == whole


def paged(session: Session, wanted: Wanted) -> list[int]:
    """Ids of all pages of a coordinator."""
    found, after = list[int](), None
    while True:
        page = inbox(session, actor=COORDINATOR, wanted=wanted, now=NOW, after=after, limit=5)
        found += [row.id for row in page.rows]
        after = page.next
        if after is None:
            return found


def test_words_that_nobody_wrote_find_nothing(session: Session, bodies: tuple[int, int]) -> None:
    for typed in ("жираф", "колодец жираф", "' | 'a", "!!!: & |", "люк'"):
        ids = hazard_ids(session, actor=dispatcher(bodies[0]), wanted=Wanted.parse({"q": typed}), now=NOW, limit=99)
        assert not ids or "жираф" not in typed


def test_a_reference_is_found_in_any_spelling_and_state_but_only_by_its_body(
    session: Session, bodies: tuple[int, int]
) -> None:
    ours, theirs = bodies
    closed = session.scalars(select(Hazard).where(Hazard.body_id == ours, Hazard.status == "fixed")).first()
    assert closed is not None
    spaced = f" {closed.reference[:4].lower()} - {closed.reference[4:].lower()}"
    asked = {"wanted": Wanted.parse({"q": spaced}), "now": NOW, "limit": 9}
    assert hazard_ids(session, actor=dispatcher(ours), **asked) == [closed.id]
    assert hazard_ids(session, actor=dispatcher(theirs), **asked) == []


def search(session: Session, typed: str, actor: Actor = COORDINATOR) -> list[int]:
    return hazard_ids(session, actor=actor, wanted=Wanted.parse({"q": typed}), now=NOW, limit=99)


def test_either_half_of_a_reference_finds_it_in_any_state_but_only_for_its_body(
    session: Session, bodies: tuple[int, int]
) -> None:
    ours, theirs = bodies
    for status in ("fixed", "accepted"):
        made = session.scalars(select(Hazard).where(Hazard.body_id == ours, Hazard.status == status)).first()
        assert made is not None
        made.reference = "R9VQ9PWC" if status == "fixed" else "XX77YY88"
        session.flush()
        first, second = made.reference[:4], made.reference[4:]
        for typed in (
            first,
            first.lower(),
            second.lower(),
            f"{first}-",
            f"-{second}",
            f"{first}-{second[:2]}",
            made.reference[:6],
        ):
            assert search(session, typed) == [made.id], typed
            assert search(session, typed, dispatcher(ours)) == [made.id]
            assert search(session, typed, dispatcher(theirs)) == []
    assert search(session, "R9V") == []


def test_a_word_that_could_be_half_a_reference_still_finds_its_texts(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    said, called = add_hazard(session, body_id=body), add_hazard(session, body_id=body)
    add_report(session, said, "Сорт металла")
    assert search(session, "сорт") == [said.id]
    called.reference = "C0PT1234"
    session.flush()
    assert set(search(session, "сорт")) == {said.id, called.id}


@pytest.mark.parametrize(
    ("typed", "there"),
    [("бостандыкский", True), ("Бостандық", True), ("бостандыкском", True), ("bostandyq", True), ("Bostandyk", True),
     ("люк бостандык", True), ("медеуский", False), ("бост", False)],
)  # fmt: skip
def test_the_word_of_a_district_finds_what_lies_in_it(session: Session, typed: str, there: bool) -> None:
    add_types(session)
    area, body = add_area(session), add_body(session)
    names = ("Бостандық ауданы", "Бостандыкский район", "Bostandyk district")
    session.execute(
        text("UPDATE area SET search_key = :key, kind = 'city_district' WHERE id = :id"),
        {"key": search_key(names), "id": area},
    )
    inside = add_hazard(session, body_id=body, area_id=area)
    add_hazard(session, body_id=body, area_id=None)
    assert (search(session, typed, dispatcher(body)) == [inside.id]) == there
