"""The demo city is made once, through the actions, and nobody gets a mail about its past."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.actions.demo_people import SIGN_INS
from app.cli.seed import seed_demo, seed_reference_data
from app.config import Settings
from app.domain.hazard import Status
from app.models import Account, Body, Deputy, Event, Hazard, HazardType, ShiftNote, StaffNotice


def test_demo_is_made_once_and_takes_another_password(session: Session, settings: Settings) -> None:
    first = seed_demo(settings, "green bridges")
    count = session.scalar(select(func.count()).select_from(Hazard))
    events = session.scalar(select(func.count()).select_from(Event))
    session.rollback()
    second = seed_demo(settings, "blue bridges")
    assert [each[:2] for each in first] == [each[:2] for each in second]
    assert {word for *_, word in second} == {"blue bridges"}
    assert session.scalar(select(func.count()).select_from(Hazard)) == count == 101
    assert session.scalar(select(func.count()).select_from(Event)) == events


def test_demo_shows_every_status_people_with_names_and_leaves_no_mail(session: Session, settings: Settings) -> None:
    seed_demo(settings, "green bridges")
    assert set(session.scalars(select(Hazard.status))) == set(Status)
    assert session.scalar(select(func.count()).where(Hazard.overdue.is_not(None)))
    assert not session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notify_body'"))
    assert session.scalar(text("SELECT count(*) FROM public_data.map_cell"))
    told = set(session.scalars(select(StaffNotice.kind)))
    assert told <= {"made_safe_expired"}, "only what time alone has done"
    _people_have_names_and_nobody_among_colleagues_is_a_stand_in(session)
    _somebody_is_away_and_a_note_waits(session)


def test_reference_data_twice_is_once(session: Session, settings: Settings) -> None:
    seed_reference_data(settings)
    seed_reference_data(settings)
    types = session.scalars(select(HazardType).order_by(HazardType.position)).all()
    assert len(types) == 36
    assert [each.code for each in types if not each.reportable] == ["CHILD_IN_DANGER"]


def _people_have_names_and_nobody_among_colleagues_is_a_stand_in(session: Session) -> None:
    names = session.scalars(select(Account.name)).all()
    assert [name for name in names if name.isascii() or "Demo" in name] == []
    of_bodies = {body for each in SIGN_INS if (body := each.body)}
    beside = select(Account.name).join(Body, Body.id == Account.body_id).where(Body.code.in_(of_bodies))
    assert session.scalars(beside.where(~Account.active)).all() == []


def _somebody_is_away_and_a_note_waits(session: Session) -> None:
    away = session.scalars(select(Deputy)).one()
    assert {session.get_one(Account, who).name for who in (away.account_id, away.deputy_id)} == {
        "Асхат Нұрғалиев",
        "Айгүл Сейітова",
    }
    notes = session.scalars(select(ShiftNote).order_by(ShiftNote.at)).all()
    assert [note.read_at is not None for note in notes] == [True, False]
    assert all(note.hazards for note in notes)
