"""The people of the demo city: invented names, their accounts, crews, shifts, one of them away, and a note left over.

The accounts take any password, even a weak one: whoever tries the demo chose it, and none exists in a real city.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.shift_notes import confirm_note, leave_note
from app.domain.permissions import Role
from app.i18n import ALMATY
from app.models import Account, Body, Crew, CrewMember, Deputy, DutyContact, Hazard, Shift
from app.queries.hand_over import pressing


@dataclass(frozen=True)
class SignIn:
    """One account of the demonstration, for whoever tries it."""

    role: Role
    email: str
    name: str
    body: str | None = None


SIGN_INS = (
    SignIn(Role.DISPATCHER, "dispatcher.water@qauip.example", "Айгүл Сейітова", "almaty-su"),
    SignIn(Role.DISPATCHER, "dispatcher.almaly@qauip.example", "Ерлан Жұмабаев", "almaly-akimat"),
    SignIn(Role.MODERATOR, "moderator@qauip.example", "Мария Ковалёва"),
    SignIn(Role.OPERATOR, "operator@qauip.example", "Динара Оспанова"),
    SignIn(Role.COORDINATOR, "coordinator@qauip.example", "Бауыржан Қасенов"),
    SignIn(Role.ADMINISTRATOR, "administrator@qauip.example", "Сергей Литвинов"),
    SignIn(Role.AUDITOR, "auditor@qauip.example", "Сәуле Ахметова"),
    SignIn(Role.COUNCIL_VIEWER, "council@qauip.example", "Нұрлан Тілеуов"),
    SignIn(Role.CREW, "crew.water@qauip.example", "Руслан Ибраимов", "almaty-su"),
    SignIn(Role.MANAGER, "manager.water@qauip.example", "Гүлнар Смағұлова", "almaty-su"),
)
AWAY = SignIn(Role.DISPATCHER, "dispatcher2.water@qauip.example", "Асхат Нұрғалиев", "almaty-su")
COLLEAGUES = (
    AWAY,
    SignIn(Role.CREW, "crew2.water@qauip.example", "Владимир Цой", "almaty-su"),
    SignIn(Role.CREW, "crew3.water@qauip.example", "Талғат Бекенов", "almaty-su"),
    SignIn(Role.DISPATCHER, "dispatcher2.almaly@qauip.example", "Ольга Дмитриева", "almaly-akimat"),
)
"""They open with the same password; nobody needs them to try the demo, so that they are not printed."""
PEOPLE = SIGN_INS + COLLEAGUES

CREWS = (
    ("almaty-su", "1-бригада", ("crew.water@qauip.example", "crew2.water@qauip.example")),
    ("almaty-su", "2-бригада", ("crew3.water@qauip.example",)),
)
"""Body, name, and who is in it."""
OF_HISTORIES = (
    "Қайрат Әлібеков",
    "Светлана Ким",
    "Жанар Төлегенова",
    "Игорь Мельник",
    "Мадина Сапарова",
    "Тимур Юсупов",
)
"""Of the accounts that only stand in histories, one after the other."""
READ_NOTE = "Абай даңғылындағы люктің айналасы қоршалды, белгі қойылды. Қақпақты күндізгі бригада апарады."
NEW_NOTE = "Ночью выезжали дважды. На Толе Би стоит доска вместо крышки: ждём ответа жителя, чей это колодец."

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def make_accounts(session: Session, password: str) -> None:
    """The demo's accounts, all with one password, their crews and shifts."""
    bodies = {row.code: row.id for row in session.execute(select(Body.code, Body.id))}
    hashed = _hasher.hash(password)
    for each in PEOPLE:
        body_id = bodies[each.body] if each.body else None
        account = Account(
            email=each.email, name=each.name, roles=[each.role.value], body_id=body_id, password_hash=hashed
        )
        session.add(account)
    session.flush()
    _make_crews(session, bodies)
    _make_shifts(session, bodies)
    _second_on_duty(session, bodies)


def make_hand_over(session: Session, *, now: datetime) -> None:
    """A dispatcher on leave, who stands in, and what the last two shifts left to the next."""
    people = {account.email: account for account in session.scalars(select(Account))}
    dispatcher, crew = (people[f"{who}.water@qauip.example"] for who in ("dispatcher", "crew"))
    today = now.astimezone(ALMATY).date()
    session.add(_leave(people[AWAY.email], dispatcher, today))
    found = pressing(session, dispatcher.actor.body_id or 0, now)
    ids = [*found.critical, *found.expiring, *found.due]
    references = session.scalars(select(Hazard.reference).where(Hazard.id.in_(ids)).order_by(Hazard.next_due)).all()
    read = leave_note(session, by=crew.actor, note=READ_NOTE, hazards=references[1:3], now=now - timedelta(hours=26))
    confirm_note(session, by=dispatcher.actor, note_id=read.id, now=now - timedelta(hours=25))
    leave_note(session, by=crew.actor, note=NEW_NOTE, hazards=references[:3], now=now - timedelta(hours=2))


def keep_password(session: Session, password: str) -> None:
    """Make the demo's accounts open with `password`; those that do already stay as they are."""
    accounts = session.scalars(select(Account).where(Account.email.in_([each.email for each in PEOPLE]))).all()
    right = {hashed: _opens(hashed, password) for hashed in {account.password_hash for account in accounts}}
    if all(right.values()):
        return
    hashed = _hasher.hash(password)
    for account in accounts:
        account.password_hash = hashed


def _make_shifts(session: Session, bodies: Mapping[str, int]) -> None:
    """Every day the dispatcher and the second crew, every night the first crew."""
    code = CREWS[0][0]
    dispatcher = session.scalar(select(Account.id).where(Account.email == SIGN_INS[0].email))
    found = select(Crew.id).where(Crew.body_id == bodies[code]).order_by(Crew.name)
    by_night, by_day = session.scalars(found).all()
    for weekday in range(7):
        week = {"body_id": bodies[code], "weekday": weekday}
        session.add(Shift(**week, starts=8 * 60, ends=20 * 60, account_id=dispatcher))
        session.add(Shift(**week, starts=20 * 60, ends=8 * 60, crew_id=by_night))
        if weekday < 5:
            session.add(Shift(**week, starts=9 * 60, ends=18 * 60, crew_id=by_day))
    session.flush()


def _make_crews(session: Session, bodies: Mapping[str, int]) -> None:
    for code, name, emails in CREWS:
        crew = Crew(body_id=bodies[code], name=name)
        session.add(crew)
        session.flush()
        members = session.scalars(select(Account.id).where(Account.email.in_(emails)))
        session.add_all(CrewMember(crew_id=crew.id, account_id=account_id) for account_id in members)
    session.flush()


def _second_on_duty(session: Session, bodies: Mapping[str, int]) -> None:
    """Who is called by night when the first does not answer."""
    manager = next(each for each in SIGN_INS if each.role is Role.MANAGER)
    session.add(
        DutyContact(
            body_id=bodies[str(manager.body)], position=2, name=manager.name, email=manager.email,
            starts=20 * 60, ends=8 * 60,
        )
    )  # fmt: skip


def _leave(away: Account, deputy: Account, today: date) -> Deputy:
    return Deputy(
        account_id=away.id,
        deputy_id=deputy.id,
        starts_on=today - timedelta(days=3),
        ends_on=today + timedelta(days=11),
    )


def _opens(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except VerificationError:
        return False
