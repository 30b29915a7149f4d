"""Rows for the matrix: two bodies, an account for each role, and one of everything an address can name, on each side.

`own` is of the first body, where the accounts of a body work, or of the account itself; `foreign` is of the other body,
or of somebody else; `unknown` is nothing at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.merging import merge_hazards
from app.actions.passwords import no_password
from app.domain.permissions import BODY_ROLES, Actor, Role
from app.domain.references import new_reference, show_reference
from app.models import (
    Account,
    Alarm,
    AuditEntry,
    Body,
    BulkRun,
    CalendarDay,
    ContractorLink,
    Crew,
    Deputy,
    DutyContact,
    EscalationStep,
    Hazard,
    Merge,
    Passkey,
    Photo,
    ReplyTemplate,
    RerouteRun,
    Responsibility,
    RootCause,
    SavedFilter,
    Shift,
    ShiftNote,
    StaffSession,
)
from app.queries.accounts import token_hash
from app.web.context import now
from tests.gateways.pictures import plain, saved
from tests.jobs.kit import add_area, add_body, add_hazard, add_report, add_types, assigned

Side = Literal["own", "foreign", "unknown"]
Values = dict[str, Any]
ANONYMOUS, DISABLED = "anonymous", "disabled"
ACTORS = (ANONYMOUS, DISABLED, *(role.value for role in Role))
NOWHERE = 999_999_999


@dataclass
class World:
    """`tokens`: of a session for each actor. `things`: kind -> side -> what fills an address."""

    session: Session
    tokens: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    things: dict[str, dict[str, Callable[[str], Values]]] = field(default_factory=dict)

    def values(self, kind: str, side: Side, actor: str) -> Values:
        """What fills the address of a thing of `kind`, as `actor` would name it."""
        return self.things[kind][side](actor)

    def thing(self, kind: str, own: Values, foreign: Values, unknown: Values) -> None:
        """Of a body: the same for all actors."""
        sides = {"own": own, "foreign": foreign, "unknown": unknown}
        self.things[kind] = {side: (lambda _actor, given=given: given) for side, given in sides.items()}

    def owned(self, kind: str, name: str, made: dict[str, Any], stranger: Any, unknown: Any) -> None:
        """Of an account: each actor has one."""
        fallback = next(iter(made.values()))
        self.things[kind] = {
            "own": lambda actor: {name: made.get(actor, fallback)},
            "foreign": lambda _actor: {name: stranger},
            "unknown": lambda _actor: {name: unknown},
        }


def build(session: Session, app: Flask) -> World:
    """All of it, committed."""
    world, at = World(session), now()
    add_types(session)
    area, ours, theirs = add_area(session), add_body(session), add_body(session)
    _accounts(world, ours, theirs, at)
    hazards = [_hazard(world, body, area, who, at) for body, who in ((ours, "crew"), (theirs, "stranger"))]
    _of_hazards(world, app, hazards, at)
    _of_bodies(world, ours, theirs, at)
    _of_accounts(world, at)
    _of_the_city(world, ours, at)
    session.commit()
    return world


def _accounts(world: World, ours: int, theirs: int, at: datetime) -> None:
    password = no_password()
    people = [(role.value, role, ours, True) for role in Role]
    people += [(DISABLED, Role.MANAGER, ours, False), ("stranger", Role.DISPATCHER, theirs, True)]
    people += [("colleague", Role.CREW, ours, True)]
    for name, role, body, active in people:
        body_id = body if role in BODY_ROLES else None
        account = Account(
            email=f"{name}@example.kz", name=name, roles=[role], body_id=body_id, password_hash=password, active=active
        )
        world.session.add(account)
        world.session.flush()
        world.accounts[name] = account.id
        world.tokens[name] = _signed_in(world, account.id, at)
    world.tokens[ANONYMOUS] = ""


def _signed_in(world: World, account_id: int, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    given = {"created_at": at, "last_seen_at": at, "expires_at": at + timedelta(hours=12)}
    world.session.add(StaffSession(token_hash=token_hash(token), account_id=account_id, **given))
    return token


def _hazard(world: World, body: int, area: int, who: str, at: datetime) -> Hazard:
    given = {"received_at": at - timedelta(hours=1), "make_safe_due": at + timedelta(hours=3), "fix_due": None}
    given |= {"assignee_id": world.accounts[who], "status": "accepted"}
    hazard = add_hazard(world.session, body_id=body, area_id=area, **given)
    assigned(world.session, hazard)
    return hazard


def _of_hazards(world: World, app: Flask, hazards: list[Hazard], at: datetime) -> None:
    session = world.session
    shown: list[Values] = [{"reference": show_reference(each.reference)} for each in hazards]
    nowhere = {"reference": show_reference(new_reference()), "version": 1}
    world.thing("hazard", *shown, nowhere)
    twins = [add_hazard(session, body_id=each.body_id, area_id=each.area_id, received_at=at) for each in hazards]
    pairs = [a | _other(b.reference) for a, b in zip(shown, twins, strict=True)]
    world.thing("pair", *pairs, nowhere | _other(new_reference()))
    photo = app.extensions["qauip_photos"].put(saved(plain(), "JPEG"))
    reports, photos, links, causes = [], [], [], []
    stranger = world.accounts["stranger"]
    for each in hazards:
        reports.append(add_report(session, each, "Ескі люк"))
        kept = {"content_key": photo.content_key, "width": photo.width, "height": photo.height}
        photos.append(Photo(public_id=secrets.token_hex(8), hazard_id=each.id, kind="report", added_at=at, **kept))
        given = {"needed": "", "made_by": stranger, "made_at": at, "expires_at": at + timedelta(days=7)}
        links.append(
            ContractorLink(
                token_hash=secrets.token_bytes(32),
                hazard_id=each.id,
                body_id=each.body_id,
                name="x",
                language="ru",
                **given,
            )
        )
        causes.append(
            RootCause(
                spot_id=each.id,
                body_id=each.body_id,
                hazard_type=each.hazard_type,
                hazard_ids=[each.id],
                proposed_at=at,
            )
        )
    session.add_all([*photos, *links, *causes])
    session.flush()
    world.thing("photo", *({"public_id": each.public_id} for each in photos), {"public_id": secrets.token_hex(8)})
    world.thing(
        "words", *(a | {"report_id": b.id} for a, b in zip(shown, reports, strict=True)), nowhere | {"report_id": 1}
    )
    world.thing("link", *(a | {"link_id": b.id} for a, b in zip(shown, links, strict=True)), nowhere | {"link_id": 1})
    merges = [_merge(world, app, each, at) for each in hazards]
    for values, each in zip(shown, hazards, strict=True):
        values["version"] = each.version
    world.thing("merge", *({"merge_id": each.id} for each in merges), {"merge_id": NOWHERE})
    world.thing("cause", *({"task_id": each.id} for each in causes), {"task_id": NOWHERE})


def _merge(world: World, app: Flask, hazard: Hazard, at: datetime) -> Merge:
    """One more of the same, joined to it."""
    twin = add_hazard(world.session, body_id=hazard.body_id, area_id=hazard.area_id, received_at=at)
    by = Actor(world.accounts["coordinator"], frozenset({Role.COORDINATOR}), None, "coordinator")
    given = {"duplicate": twin.reference, "into": hazard.reference, "versions": (twin.version, hazard.version)}
    policy = app.extensions["qauip_settings"].policy
    merge_hazards(world.session, by=by, **given, note="same", policy=policy, now=at)
    return world.session.scalars(select(Merge).where(Merge.hazard_id == twin.id)).one()


def _other(reference: str) -> Values:
    """`keep`: what a form says of it."""
    return {"other": show_reference(reference), "keep": reference}


def _of_bodies(world: World, ours: int, theirs: int, at: datetime) -> None:
    people = {ours: ("manager", "colleague"), theirs: ("stranger", "stranger2")}
    second = Account(email="s2@example.kz", name="s2", roles=["manager"], body_id=theirs, password_hash="!")
    world.session.add(second)
    world.session.flush()
    world.accounts["stranger2"] = second.id
    made: dict[str, list[Any]] = {name: [] for name in ("crew", "contact", "shift", "note", "deputy")}
    texts = {f"text_{code}": "x" for code in ("kk", "ru", "en")}
    templates = [ReplyTemplate(code=f"t-{body}", body_id=body, **texts) for body in people]
    for body, (first, other) in people.items():
        one, two = world.accounts[first], world.accounts[other]
        made["crew"].append(Crew(body_id=body, name="North"))
        made["contact"].append(DutyContact(body_id=body, position=2, name="Night", email="night@example.kz"))
        made["shift"].append(Shift(body_id=body, weekday=1, starts=480, ends=1200, account_id=one))
        made["note"].append(ShiftNote(body_id=body, at=at, by_account=two, note="x"))
        period = {"starts_on": at.date(), "ends_on": at.date() + timedelta(days=3)}
        made["deputy"].append(Deputy(account_id=one, deputy_id=two, **period))
    world.session.add_all([*templates, *(row for rows in made.values() for row in rows)])
    world.session.flush()
    world.thing("template", *({"code": each.code} for each in templates), {"code": "t-nothing"})
    names = {"crew": "crew_id", "contact": "contact_id", "shift": "shift_id", "note": "note_id", "deputy": "deputy_id"}
    for kind, name in names.items():
        world.thing(kind, *({name: row.id} for row in made[kind]), {name: NOWHERE})
    ids = world.accounts["colleague"], world.accounts["stranger"]
    world.thing("account", *({"account_id": each} for each in ids), {"account_id": NOWHERE})


def _of_accounts(world: World, at: datetime) -> None:
    filters, runs, keys = {}, {}, {}
    for name, number in world.accounts.items():
        filters[name] = SavedFilter(account_id=number, name="mine", query="")
        runs[name] = BulkRun(key=str(uuid4()), account_id=number, at=at, act="note", rows=[])
        key = {"credential_id": secrets.token_bytes(16), "public_key": b"x", "sign_count": 0}
        keys[name] = Passkey(account_id=number, name="phone", created_at=at, **key)
    world.session.add_all([*filters.values(), *runs.values(), *keys.values()])
    world.session.flush()
    numbers = {name: row.id for name, row in filters.items()}
    world.owned("filter", "number", numbers, numbers["stranger"], NOWHERE)
    shown = {name: row.key for name, row in runs.items()}
    world.owned("run", "key", shown, shown["stranger"], str(uuid4()))
    passkeys = {name: row.id for name, row in keys.items()}
    world.owned("passkey", "passkey_id", passkeys, passkeys["stranger"], NOWHERE)
    starts = {name: token_hash(_signed_in(world, number, at))[:8].hex() for name, number in world.accounts.items()}
    world.owned("session", "start", starts, starts["stranger"], secrets.token_hex(8))


def _of_the_city(world: World, ours: int, at: datetime) -> None:
    session = world.session
    rule = Responsibility(body_id=ours, area_code="750000000", valid_from=at.date() + timedelta(days=9))
    entry = AuditEntry(at=at, by_account=None, noun="calendar_day", key="x", before=None, after={})
    alarm = Alarm(key="matrix", kind="job_failed", raised_at=at)
    run = RerouteRun(made_at=at, as_of=at.date(), forced=False, reason="x", state="done", ended_at=at)
    day = CalendarDay(day=date(2031, 5, 1), working=False, **{f"name_{code}": "x" for code in ("kk", "ru", "en")})
    steps = [
        EscalationStep(key=f"low:{code}", severity="low", code=code, hours=5, tell=["head"]) for code in ("soon", "due")
    ]
    session.add_all([rule, entry, alarm, run, day, *steps])
    session.flush()
    for kind, name, row in (
        ("rule", "rule_id", rule),
        ("entry", "entry_id", entry),
        ("alarm", "alarm_id", alarm),
        ("reroute", "run_id", run),
    ):
        world.thing(kind, {name: row.id}, {name: row.id}, {name: NOWHERE})
    codes = {"code": "MANHOLE_OPEN"}, {"code": "750000000"}, {"code": session.get_one(Body, ours).code}
    for kind, code in zip(("type", "area", "body"), codes, strict=True):
        world.thing(kind, code, code, {"code": "NOTHING"})
    step = {"severity": "low", "code": "soon"}
    world.thing("step", step, step, {"severity": "low", "code": "nothing"})
    world.thing("day", {"day": "2031-05-01"}, {"day": "2031-05-01"}, {"day": "2031-05-02"})
