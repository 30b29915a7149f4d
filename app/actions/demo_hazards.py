"""The demo's hazards: made only through the actions, with `now` in the past, in the order of time.

Each has then a true history, and a rule that changes is a demo that no longer loads, not a demo that lies.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from shapely.geometry import Point, shape
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from app.actions.answers import answer_question
from app.actions.demo_people import OF_HISTORIES, PEOPLE, SIGN_INS
from app.actions.followup import Word
from app.actions.hazards import act_on_hazard
from app.actions.moderation import clear_hazard, decide_photo
from app.actions.repeats import note_repeat
from app.actions.reports import report_hazard
from app.actions.submission import Submission
from app.domain.hazard import Channel, HoldReason, Measure, Moderation, RejectReason
from app.domain.lifecycle import Act, Given
from app.domain.permissions import ANONYMOUS, Actor, Role
from app.domain.photo import PhotoFile
from app.domain.policy import Policy
from app.models import Account, Body, Crew, Hazard, Photo, Question, StaffNotice
from app.outbox import JobName

Row = Mapping[str, Any]
BY_ROLE = {
    Act.CONFIRM_REJECTION: Role.MODERATOR,
    Act.DECLINE_REJECTION: Role.MODERATOR,
    Act.HAND_OVER: Role.ADMINISTRATOR,
    Act.CONFIRM_HAND_OVER: Role.COORDINATOR,
}
FORGOTTEN = [JobName.NOTIFY_BODY.value, JobName.SEEK_REPEAT.value]
"""Mail about the past, and looks at spots, which the story has had in the order of time."""
NO_PASSWORD = "!"  # noqa: S105 - opens with none

_FORGET_MAIL = text(
    "DELETE FROM procrastinate_jobs WHERE task_name = ANY(:tasks) AND (args->>'hazard_id')::bigint = ANY(:hazards)"
)
_FORGET_NOTICES = text(
    "DELETE FROM procrastinate_jobs WHERE task_name = :task AND (args->>'notice_id')::bigint = ANY(:notices)"
)


@dataclass
class Story:
    """What the demo has told so far: the reference of each key, and who acts for each body."""

    session: Session
    policy: Policy
    photos: Mapping[str, PhotoFile]
    now: datetime
    accounts: dict[str, Account]
    references: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)
    staff: dict[tuple[int, bool], Actor] = field(default_factory=dict)

    def account(self, role: Role) -> Actor:
        return next(self.accounts[each.email].actor for each in SIGN_INS if each.role is role)

    def hazard(self, key: str) -> Hazard:
        return self.session.scalars(select(Hazard).where(Hazard.reference == self.references[key])).one()


def tell(session: Session, rows: list[Row], *, photos: Mapping[str, PhotoFile], policy: Policy, now: datetime) -> int:
    """Make all hazards of the demo; how many. Their bodies get no mail about the past."""
    emails = [each.email for each in PEOPLE]
    found = session.scalars(select(Account).where(Account.email.in_(emails)))
    drawn = replace(policy, fix_proof_m=None)  # a dozen drawings stand for all photos, and a used one proves nothing
    story = Story(session, drawn, photos, now, {account.email: account for account in found})
    for at, row, step in sorted(_happenings(rows, now), key=lambda happening: happening[0]):
        if step is None:
            _report(story, row, at)
        else:
            _step(story, row, step, at)
    _forget_mail(story)
    return len(rows)


def _happenings(rows: list[Row], now: datetime) -> Iterator[tuple[datetime, Row, Row | None]]:
    for row in rows:
        reported = now - timedelta(days=row["days_ago"])
        yield reported, row, None
        for step in row.get("steps", ()):
            yield min(reported + timedelta(hours=step["after_hours"]), now), row, step


def _report(story: Story, row: Row, at: datetime) -> None:
    channel = Channel(row["channel"])
    given = row.get("geometry")
    submission = Submission(
        client_id=uuid4(),
        hazard_type=row["type"],
        geometry=shape(given) if given else Point(row["lon"], row["lat"]),
        text=row["text"],
        language=row["lang"],
        channel=channel,
        someone_hurt=row.get("someone_hurt", False),
        photos=_photos(story, row),
        by=_reporter(story, channel),
    )
    reported = report_hazard(story.session, submission=submission, policy=story.policy, now=at)
    story.references[row["key"]] = reported.reference
    story.receipts[row["key"]] = reported.receipt or ""
    note_repeat(story.session, hazard_id=story.hazard(row["key"]).id, policy=story.policy, now=at)


def _reporter(story: Story, channel: Channel) -> Actor:
    if channel is Channel.PHONE:
        return story.account(Role.OPERATOR)
    return story.account(Role.CREW) if channel is Channel.PATROL else ANONYMOUS


def _photos(story: Story, row: Row) -> tuple[PhotoFile, ...]:
    return (story.photos[row["photo"]],) if row.get("photo") else ()


def _step(story: Story, row: Row, step: Row, at: datetime) -> None:
    if step["act"] == "clear_text":
        clear_hazard(
            story.session,
            by=story.account(Role.MODERATOR),
            reference=story.references[row["key"]],
            public_text=row["text"],
            policy=story.policy,
            now=at,
        )
    elif step["act"] in {"clear_photo", "refuse_photo"}:
        _decide_photos(story, row, cleared=step["act"] == "clear_photo", at=at)
    elif step["act"] == "answer":
        _answer(story, row, step, at)
    else:
        _act(story, row, step, at)


def _answer(story: Story, row: Row, step: Row, at: datetime) -> None:
    """The reporter answers the last question about it, by the receipt."""
    asked = select(Question.token).where(Question.hazard_id == story.hazard(row["key"]).id)
    token = story.session.scalars(asked.order_by(Question.id.desc()).limit(1)).one()
    word = Word(uuid4(), row["lang"], step["text"])
    receipt = story.receipts[row["key"]]
    answer_question(story.session, receipt=receipt, token=token, word=word, policy=story.policy, now=at)


def _decide_photos(story: Story, row: Row, *, cleared: bool, at: datetime) -> None:
    pending = select(Photo.public_id).where(
        Photo.hazard_id == story.hazard(row["key"]).id, Photo.moderation == Moderation.PENDING
    )
    for public_id in story.session.scalars(pending).all():
        decide_photo(story.session, by=story.account(Role.MODERATOR), public_id=public_id, cleared=cleared, now=at)


def _act(story: Story, row: Row, step: Row, at: datetime) -> None:
    act = Act(step["act"])
    hazard = story.hazard(row["key"])
    spot = (hazard.label.y, hazard.label.x)
    act_on_hazard(
        story.session,
        by=story.account(BY_ROLE[act]) if act in BY_ROLE else _staff(story, hazard.body_id, act),
        reference=hazard.reference,
        act=act,
        version=hazard.version,
        given=_given(story, step, at, hazard),
        policy=story.policy,
        now=at,
        photos=[replace(each, camera_place=spot, camera_time=at) for each in _photos(story, step)],
        show_note=True,
    )


def _given(story: Story, step: Row, at: datetime, hazard: Hazard) -> Given:
    rejecting = step["act"] == Act.PROPOSE_REJECTION
    days = step.get("date_in_days")
    to = step.get("to")
    return Given(
        note=step.get("note", ""),
        stops_clock=step.get("stops_clock", False),
        reason="" if rejecting else step.get("reason", ""),
        hold_reason=HoldReason(step["hold_reason"]) if step.get("hold_reason") else None,
        measure=Measure(step["measure"]) if step.get("measure") else None,
        reject_reason=RejectReason(step["reason"]) if rejecting else None,
        planned_for=story.policy.day(at) + timedelta(days=days) if days is not None else None,
        body_id=story.session.scalars(select(Body.id).where(Body.code == to)).one() if to else None,
        other_hazard_id=story.hazard(step["of"]).id if step.get("of") else None,
        crew_id=_crew(story, hazard, step["crew"]) if step.get("crew") else None,
    )


def _crew(story: Story, hazard: Hazard, name: str) -> int:
    """Of the body that has the hazard."""
    return story.session.scalars(select(Crew.id).where(Crew.body_id == hazard.body_id, Crew.name == name)).one()


def _staff(story: Story, body_id: int | None, act: Act) -> Actor:
    """A dispatcher of the body; a colleague of theirs where the act needs a second person."""
    if body_id is None:
        return story.account(Role.ADMINISTRATOR)
    second = act in {Act.CONFIRM_FIX, Act.CONFIRM_NOT_FOUND}
    if (body_id, second) not in story.staff:
        there = [each.actor for each in story.accounts.values() if each.body_id == body_id and _decides(each)]
        story.staff[body_id, second] = there[second] if there else _make_staff(story, body_id, second=second)
    return story.staff[body_id, second]


def _decides(account: Account) -> bool:
    return Role.DISPATCHER.value in account.roles


def _make_staff(story: Story, body_id: int, *, second: bool) -> Actor:
    """An account nobody can open, of a body where nobody signs in: it only stands in the histories."""
    code = story.session.get_one(Body, body_id).code
    account = Account(
        email=f"demo.{code}.{2 if second else 1}@qauip.example",
        name=OF_HISTORIES[len(story.staff) % len(OF_HISTORIES)],
        roles=[Role.DISPATCHER.value],
        body_id=body_id,
        password_hash=NO_PASSWORD,
        active=False,
    )
    story.session.add(account)
    story.session.flush()
    return account.actor


def _forget_mail(story: Story) -> None:
    hazards = select(Hazard.id).where(Hazard.reference.in_(story.references.values()))
    ids = list(story.session.scalars(hazards))
    story.session.execute(_FORGET_MAIL, {"tasks": FORGOTTEN, "hazards": ids})
    gone = delete(StaffNotice).where(StaffNotice.hazard_id.in_(ids)).returning(StaffNotice.id)
    notices = list(story.session.scalars(gone))
    story.session.execute(_FORGET_NOTICES, {"task": JobName.SEND_STAFF_NOTICE.value, "notices": notices})
