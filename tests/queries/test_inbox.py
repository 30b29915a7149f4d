"""The inbox: whose rows, in which order, page by page, and what its words find."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.inbox import Mark, Wanted
from app.domain.permissions import Actor, Role
from app.domain.search_text import search_key
from app.domain.text import fold
from app.models import Crew, Hazard, Place
from app.queries.inbox import Cursor, count, counts, hazard_ids, inbox, newer, step_of
from app.queries.inbox_views import board, points
from app.queries.inbox_where import where_of
from tests.domain.test_inbox import ADDRESSES
from tests.jobs.kit import NOW, add_area, add_body, add_hazard, add_report, add_types

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATUSES = ("assigned", "accepted", "in_progress", "on_hold", "fix_reported")


def dispatcher(body_id: int | None) -> Actor:
    return Actor(None, frozenset({Role.DISPATCHER}), body_id)


COORDINATOR = Actor(None, frozenset({Role.COORDINATOR}))


@pytest.fixture
def bodies(session: Session) -> tuple[int, int]:
    """Two bodies with thirty hazards each that differ in all that can be asked for; some are held, some closed."""
    add_types(session)
    area = add_area(session)
    ours, theirs = add_body(session), add_body(session)
    for body in (ours, theirs):
        crew = Crew(body_id=body, name="Crew", active=True)
        session.add(crew)
        session.flush()
        for n in range(30):
            made = add_hazard(session, body_id=body, area_id=area if n % 2 else None, **varied(n, crew.id))
            add_report(session, made, f"Қақпағы жоқ, балалар жүреді {n}" if n % 3 else "Открытый колодец у школы")
    session.flush()
    return ours, theirs


def varied(n: int, crew_id: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "status": STATUSES[n % 5], "severity": ("low", "medium", "high", "critical")[n % 4],
        "hazard_type": ("MANHOLE_OPEN", "ROPE")[n % 2], "urgent": n % 11 == 0, "disputed": n % 7 == 0,
        "overdue": ("make_safe", "fix", None, None)[n % 4], "owner_unknown": n % 6 == 0, "held": n % 13 == 5,
        "crew_id": crew_id if n % 4 == 1 else None, "received_at": NOW - n * DAY,
        "make_safe_due": NOW + (n - 15) * HOUR, "fix_due": None if n % 9 == 0 else NOW + (n - 10) * DAY,
        "public_text": "Люк без крышки" if n % 8 == 0 else None,
    }  # fmt: skip
    if n % 5 == 2:
        made |= {"made_safe_measure": "grid", "made_safe_at": NOW - HOUR, "made_safe_until": NOW + n * HOUR}
    if n % 10 == 9:
        made |= {"status": "fixed", "closed_at": NOW - n * HOUR}
    return made


def owners(session: Session, ids: list[int]) -> set[int | None]:
    return set(session.scalars(select(Hazard.body_id).where(Hazard.id.in_(ids))))


@given(ADDRESSES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_filter_shows_a_body_a_row_of_another_or_a_held_one(
    session: Session, bodies: tuple[int, int], address: dict[str, list[str]]
) -> None:
    ours, theirs = bodies
    wanted, actor = Wanted.parse(address), dispatcher(ours)
    foreign = set(session.scalars(select(Hazard.id).where((Hazard.body_id == theirs) | Hazard.held)))
    where = where_of(session, actor=actor, wanted=wanted, now=NOW)
    ids = hazard_ids(session, actor=actor, wanted=wanted, now=NOW, limit=500)
    page = inbox(session, actor=actor, wanted=wanted, now=NOW, limit=500)
    seen = {*ids, *(row.id for row in page.rows)}
    seen |= {row.id for row in points(session, where, closed=wanted.closed, inside=None, language="ru")[0]}
    for column in board(session, where, closed=wanted.closed, statuses=wanted.statuses, language="ru"):
        seen |= {row.id for row in column.rows}
    assert not seen & foreign
    assert count(session, where) == len(ids) == len(page.rows)
    assert counts(session, actor=actor, now=NOW, views={"x": wanted}) == {"x": len(ids)}


@given(ADDRESSES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_hold_every_row_once_in_the_order_of_the_whole(
    session: Session, bodies: tuple[int, int], address: dict[str, list[str]]
) -> None:
    wanted = Wanted.parse({name: values for name, values in address.items() if name in {"state", "severity", "mark"}})
    whole = hazard_ids(session, actor=COORDINATOR, wanted=wanted, now=NOW, limit=500)
    paged: list[int] = []
    after: Cursor | None = None
    while True:
        page = inbox(session, actor=COORDINATOR, wanted=wanted, now=NOW, after=after, limit=7)
        paged += [row.id for row in page.rows]
        if page.next is None:
            break
        after = Cursor.parse(str(page.next))
    assert paged == whole
    assert len(set(paged)) == len(paged)


def test_somebody_without_a_body_sees_nothing(session: Session, bodies: tuple[int, int]) -> None:
    assert hazard_ids(session, actor=dispatcher(None), wanted=Wanted(), now=NOW, limit=9) == []


def test_danger_comes_first_then_the_time_that_is_left(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    later, sooner = {"make_safe_due": NOW + 3 * HOUR}, {"make_safe_due": NOW + HOUR}
    safe = {"made_safe_measure": "grid", "made_safe_at": NOW, "made_safe_until": NOW + DAY}
    kinds: list[dict[str, Any]] = [
        {"urgent": True, **later}, {"severity": "critical", **sooner}, {"severity": "critical", **later},
        {"severity": "low", "overdue": "fix"}, {"severity": "high", **sooner}, {"severity": "low", **sooner},
        {"severity": "low", "make_safe_due": None, "fix_due": None}, {"severity": "critical", **safe},
    ]  # fmt: skip
    made = [add_hazard(session, body_id=body, **({"severity": "low"} | kind)).id for kind in reversed(kinds)][::-1]
    rows = inbox(session, actor=dispatcher(body), wanted=Wanted(), now=NOW).rows
    assert [row.id for row in rows] == made
    assert [step_of(row.work_order) for row in rows] == [0, 1, 1, 2, 3, 4, 4, 5]


def test_a_change_of_the_hazard_moves_it(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    calm = add_hazard(session, body_id=body, severity="low")
    session.refresh(calm)
    assert step_of(calm.work_order) == 4
    calm.disputed = True
    session.flush()
    session.refresh(calm)
    assert step_of(calm.work_order) == 2


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


def test_a_district_holds_what_lies_in_its_parts(session: Session, bodies: tuple[int, int]) -> None:
    city = hazard_ids(session, actor=COORDINATOR, wanted=Wanted(area="750000000"), now=NOW, limit=99)
    district = hazard_ids(session, actor=COORDINATOR, wanted=Wanted(area="751110000"), now=NOW, limit=99)
    assert city == district
    assert city
    assert hazard_ids(session, actor=COORDINATOR, wanted=Wanted(area="1"), now=NOW, limit=99) == []


def test_either_clock_is_asked_for_by_itself(session: Session) -> None:
    add_types(session)
    body = add_body(session)
    both = add_hazard(session, body_id=body, overdue="fix", make_safe_due=NOW - HOUR, fix_due=NOW - HOUR)
    one = add_hazard(session, body_id=body, overdue="make_safe", make_safe_due=NOW - HOUR)
    ids = {
        clock: set(hazard_ids(session, actor=COORDINATOR, wanted=Wanted(overdue=clock), now=NOW, limit=9))
        for clock in ("any", "make_safe", "fix")
    }
    assert ids == {"any": {both.id, one.id}, "make_safe": {both.id, one.id}, "fix": {both.id}}


def test_marks_are_one_or_the_other(session: Session, bodies: tuple[int, int]) -> None:
    def ids(*marks: Mark) -> set[int]:
        return set(hazard_ids(session, actor=COORDINATOR, wanted=Wanted(marks=marks), now=NOW, limit=99))

    assert ids(Mark.DISPUTED, Mark.SECOND) == ids(Mark.DISPUTED) | ids(Mark.SECOND)
    assert ids(Mark.EXPIRING)


def test_only_what_came_later_is_new(session: Session, bodies: tuple[int, int]) -> None:
    ours, theirs = bodies
    where = where_of(session, actor=dispatcher(ours), wanted=Wanted(), now=NOW)
    last = session.scalars(select(Hazard.id).order_by(Hazard.id.desc())).first() or 0
    assert newer(session, where, since=last) == 0
    for body in (ours, theirs):
        add_hazard(session, body_id=body)
    assert newer(session, where, since=last) == 1


def test_a_query_reads_as_an_address(session: Session) -> None:
    wanted = Wanted.parse({"severity": ["high", "critical"], "q": "люк Абая"})
    assert urlencode(wanted.query(), doseq=True).count("severity=") == 2


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
