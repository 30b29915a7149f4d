"""Cells and what is not folded yet are together what the public map holds: after any writes and any folds."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.actions.map_cells import TOP, fold, rebuild
from app.db import Databases, transaction
from app.jobs.fold_map import fold_map
from tests.jobs import kit

DIRECT = text("""
SELECT z, floor(mercator_x(place) * (4 << z))::integer, floor(mercator_y(place) * (4 << z))::integer,
       hazard_type, state, count(*)
  FROM public_data.public_hazard CROSS JOIN generate_series(0, :top) AS z GROUP BY 1, 2, 3, 4, 5
""")
AS_READ = text("""
SELECT z, cx, cy, hazard_type, state, sum(n)::integer AS n FROM (
  SELECT z, cx, cy, hazard_type, state, n FROM public_data.map_cell
  UNION ALL
  SELECT z, floor(x * (4 << z))::integer, floor(y * (4 << z))::integer, hazard_type, state, delta
    FROM public_data.map_change CROSS JOIN generate_series(0, :top) AS z
) AS part GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
""")
CHANGES = {
    "close": "UPDATE hazard SET status = 'rejected', body_id = :body, basis = 'by_rule', closed_at = received_at",
    "reopen": "UPDATE hazard SET status = 'received', closed_at = NULL",
    "hold": "UPDATE hazard SET held = NOT held",
    "clear": "UPDATE hazard SET moderation = 'cleared'",
    "refuse": "UPDATE hazard SET moderation = 'refused'",
    "move": "UPDATE hazard SET public_place = ST_Translate(public_place, 0.01, -0.01)",
    "retype": "UPDATE hazard SET hazard_type = 'ROPE'",
    "safe": "UPDATE hazard SET made_safe_measure = 'grid', made_safe_at = received_at, made_safe_until = received_at",
}
STEPS = st.lists(st.sampled_from([*CHANGES, "add", "add", "fold", "fold one", "rebuild"]), min_size=1, max_size=25)


@pytest.fixture
def typed(database: Databases) -> tuple[Databases, int]:
    with transaction(database.app) as session:
        kit.add_types(session)
        return database, kit.add_body(session)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.integers(0, 2**32))
def test_cells_and_the_queue_add_up_to_what_is_public(
    typed: tuple[Databases, int], steps: list[str], seed: int
) -> None:
    database, body = typed
    chance = random.Random(seed)
    for step in steps:
        with transaction(database.app) as session:
            _do(session, step, body, chance)
    with transaction(database.app) as session:
        assert _cells(session, AS_READ) == _cells(session, DIRECT)
    fold_map(kit.jobs(database))
    with transaction(database.app) as session:
        assert _cells(session, AS_READ) == _cells(session, DIRECT)
        assert session.scalar(text("SELECT count(*) FROM public_data.map_change")) == 0
        assert session.scalar(text("SELECT count(*) FROM public_data.map_cell WHERE n <= 0")) == 0
        _centres_are_inside(session)


def test_rebuild_equals_folding(typed: tuple[Databases, int]) -> None:
    database, body = typed
    chance = random.Random(3)
    with transaction(database.app) as session:
        for step in ["add"] * 30 + list(CHANGES) * 3 + ["fold"]:
            _do(session, step, body, chance)
    with transaction(database.app) as session:
        folded = _cells(session, AS_READ)
        rebuild(session)
        assert _cells(session, AS_READ) == folded


def _do(session: Session, step: str, body: int, chance: random.Random) -> None:
    if step == "add":
        place = Point(chance.uniform(46, 88), chance.uniform(40, 56))
        if chance.random() < 0.5:
            place = Point(chance.uniform(76.9, 76.95), chance.uniform(43.2, 43.25))
        kit.add_hazard(session, place=place, hazard_type=chance.choice(["MANHOLE_OPEN", "ROPE", "SUSPICIOUS_OBJECT"]))
    elif step == "rebuild":
        rebuild(session)
    elif step.startswith("fold"):
        fold(session, batch=1 if step == "fold one" else 1000)
    else:
        one = " WHERE id = (SELECT id FROM hazard ORDER BY md5(id::text || :salt) LIMIT 1)"
        salt = {"salt": str(chance.random())}
        session.execute(text(CHANGES[step] + one), salt | ({"body": body} if step == "close" else {}))


def _cells(session: Session, query: object) -> dict[tuple[object, ...], int]:
    return {tuple(row[:5]): row[5] for row in session.execute(query, {"top": TOP})}


def _centres_are_inside(session: Session) -> None:
    outside = text("""
      SELECT count(*) FROM public_data.map_cell
       WHERE sum_x / n * (4 << z) NOT BETWEEN cx - 1e-6 AND cx + 1 + 1e-6
          OR sum_y / n * (4 << z) NOT BETWEEN cy - 1e-6 AND cy + 1 + 1e-6""")
    assert session.scalar(outside) == 0
