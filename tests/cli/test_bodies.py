"""Bodies and responsibilities from CSV: bad lines by number, the same file twice changes nothing."""

from collections import Counter
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cli.areas import areas
from app.cli.bodies import bodies
from app.cli.seed import seed_reference_data
from app.config import Settings
from app.models import AuditEntry, Body, Responsibility
from tests.cli.imports import SQUARE, collection, feature, polygon, run

HEAD = "code,kind,name_kk,name_ru,name_en,email,phone,parent,area,types,groups,rank\n"


def test_good_lines_come_in_and_bad_ones_are_named(session: Session, settings: Settings, tmp_path: Path) -> None:
    seed_reference_data(settings)
    square = feature(polygon(SQUARE), KATO="1", ADM1_KK="Бір")
    run(areas, settings, collection(tmp_path / "a.geojson", square), "--level", "1", "--valid-from", "2020-01-01")
    lines = [
        "m2,building_manager,МИБ 2,,,,,m1,1,MANHOLE_OPEN OTHER,,5",
        "m1,building_manager,МИБ 1,,,a@b.example,,,1,,,50",
        "m3,nokind,x,,,,,,1,,,",
        "m4,building_manager,x,,,,,,99,,,",
        "m5,building_manager,x,,,,,,1,,,many",
        *(f"n{number},building_manager,МИБ,,,,,m1,1,,water,9" for number in range(1000)),
    ]
    file = tmp_path / "b.csv"
    file.write_text(HEAD + "\n".join(lines), "utf-8-sig")
    answer = run(bodies, settings, file)
    assert "1005 read, 1002 bodies new, 1003 responsibilities, 3 refused." in answer.output, answer.output
    assert [line for line in answer.output.splitlines() if line.startswith("refused")] == [
        "refused 4: knows no kind 'nokind'",
        "refused 5: knows no area '99'",
        "refused 6: rank 'many' is not a whole number up to 30000",
    ]
    made = Counter(session.execute(select(AuditEntry.noun, AuditEntry.before.is_(None), AuditEntry.by_account)).all())
    assert made == {("body", True, None): 1002, ("rule", True, None): 1003}
    session.rollback()
    assert "1002 bodies updated" in run(bodies, settings, file).output
    file.write_text(HEAD + lines[1].replace("МИБ 1", "Бірінші") + "\n" + lines[1].replace("m1", "m0"), "utf-8")
    assert run(bodies, settings, file).exit_code == 0
    entries = {each.key: each for each in session.scalars(select(AuditEntry).order_by(AuditEntry.id).offset(2005))}
    changed = entries["m1"]
    assert (len(entries), entries["m0"].before) == (3, None)
    assert (changed.key, changed.before["name_kk"], changed.after["name_kk"]) == ("m1", "МИБ 1", "Бірінші")
    assert session.scalar(select(func.count()).select_from(Body)) == 1003
    assert session.scalar(select(func.count()).select_from(Responsibility)) == 1004


def test_parents_in_a_circle_are_refused_by_line(session: Session, settings: Settings, tmp_path: Path) -> None:
    seed_reference_data(settings)
    file = tmp_path / "b.csv"
    lines = [f"{code},building_manager,МИБ,,,,,{parent},,,," for code, parent in ("ab", "bc", "ca")]
    file.write_text(HEAD + "\n".join(lines), "utf-8")
    for _ in range(2):
        assert "refused 4: parent 'a' stands below it; the body itself was stored" in run(bodies, settings, file).output
        session.rollback()
        parents = dict(session.execute(select(Body.code, Body.parent_id)).all())
        assert [code for code, parent in parents.items() if parent is None] == ["c"]
