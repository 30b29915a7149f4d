"""Rows to work on, and a context of gateways that remember."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO
from uuid import uuid4
from zoneinfo import ZoneInfo

from shapely.geometry import MultiPolygon, Point, box
from sqlalchemy.orm import Session

from app.actions.history import append_event
from app.db import Databases, transaction
from app.domain.hazard import Status
from app.domain.permissions import SYSTEM
from app.domain.photo import PhotoFile
from app.domain.policy import Policy
from app.domain.references import new_reference
from app.gateways.mail import OutgoingMail
from app.jobs import Jobs
from app.models import Area, Body, BodyKind, Hazard, HazardType, Place, Report

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SECRET = b"a secret of the tests, long enough"
POLICY = Policy(receipt_key=SECRET, timezone=ZoneInfo("Asia/Almaty"))
PLACE = Point(76.9286, 43.2567)
NAMES = {"name_kk": "Су арнасы", "name_ru": "Водоканал", "name_en": "Water works"}


@dataclass
class Outbox:
    """A mailer that keeps, or raises what it is told to."""

    sent: list[OutgoingMail] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.sent.append(mail)


@dataclass
class Shelf:
    """A photo store of names only."""

    old: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)

    def put(self, data: bytes) -> PhotoFile:
        raise NotImplementedError

    def open(self, content_key: str, size: str) -> BinaryIO:
        return io.BytesIO()

    def keys_older_than(self, age: timedelta) -> Iterator[str]:
        yield from self.old

    def delete(self, content_key: str, *, older_than: timedelta = timedelta()) -> bool:
        self.deleted.append(content_key)
        return True


def jobs(
    database: Databases, *, mailer: object = None, photos: object = None, now: Callable[[], datetime] = lambda: NOW
) -> Jobs:
    return Jobs(
        transaction=lambda: transaction(database.app),
        mailer=mailer or Outbox(),
        photos=photos or Shelf(),
        now=now,
        base_url="https://qauip.example",
        default_language="kk",
        secret=SECRET,
        policy=POLICY,
    )


def add_types(session: Session) -> None:
    for code, publish in (("MANHOLE_OPEN", "pin_at_once"), ("ROPE", "after_review"), ("SUSPICIOUS_OBJECT", "never")):
        session.add(
            HazardType(
                code=code,
                group="ground",
                name_kk="Ашық люк",
                name_ru="Открытый люк",
                name_en="Open manhole",
                advice_kk="Жақындамаңыз.",
                advice_ru="Не подходите & ждите.",
                advice_en="Keep away.",
                geometry="point",
                severity="critical",
                make_safe_hours=4,
                fix_value=2,
                fix_unit="wd",
                emergency_mode="none",
                dial=[],
                publish=publish,
                ask=[],
                season=[],
                duplicate_radius_m=20,
                responsible=["water_utility"],
                reportable=True,
                position=1,
            )
        )
    session.flush()


def add_body(session: Session, *, email: str | None = "duty@vodokanal.example", language: str = "ru") -> int:
    if session.get(BodyKind, "water_utility") is None:
        session.add(BodyKind(code="water_utility", **NAMES))
        session.flush()
    body = Body(code=f"water-{new_reference()}", kind="water_utility", email=email, language=language, **NAMES)
    session.add(body)
    session.flush()
    return body.id


def add_area(session: Session) -> int:
    city = {"name_kk": "Алматы қаласы", "name_ru": "город Алматы", "name_en": "Almaty"}
    district = {"name_kk": "Алмалы ауданы", "name_ru": "Алмалинский район", "name_en": "Almaly district"}
    shape = MultiPolygon([box(76.8, 43.1, 77.1, 43.4)])
    start = date(2020, 1, 1)
    session.add(Area(code="750000000", kind="city", rank=1, valid_from=start, geom=shape, **city))
    inner = Area(
        code="751110000", kind="district", rank=2, parent_code="750000000", valid_from=start, geom=shape, **district
    )
    street = {"name_kk": "Абай даңғылы", "name_ru": "проспект Абая", "name_en": "Abay avenue"}
    session.add(
        Place(source="t", external_id="1", kind="street", search_key="абай", geom=Point(76.929, 43.257), **street)
    )
    session.add(inner)
    session.flush()
    return inner.id


def add_hazard(session: Session, *, body_id: int | None = None, place: Point = PLACE, **values: object) -> Hazard:
    given = {
        "hazard_type": "MANHOLE_OPEN",
        "status": "assigned" if body_id else "received",
        "severity": "critical",
        "severity_why": [],
        "received_at": NOW - timedelta(hours=1),
        "received_day": NOW.date(),
        "make_safe_due": NOW + timedelta(hours=3),
        "fix_due": NOW + timedelta(days=2),
        "basis": "by_rule" if body_id else None,
    }
    hazard = Hazard(
        reference=new_reference(), geom=place, label=place, public_place=place, body_id=body_id, **(given | values)
    )
    session.add(hazard)
    session.flush()
    return hazard


def assigned(session: Session, hazard: Hazard, *, kind: str = "assigned") -> int:
    return append_event(
        session, hazard_id=hazard.id, kind=kind, at=NOW, by=SYSTEM, status=Status(hazard.status), body_id=hazard.body_id
    )


def add_report(session: Session, hazard: Hazard, text: str, **values: object) -> Report:
    client_id = uuid4()
    report = Report(
        hazard_id=hazard.id,
        client_id=client_id,
        receipt_hash=client_id.bytes * 2,
        channel="web",
        language="kk",
        text=text,
        received_at=NOW - timedelta(hours=1),
        **values,
    )
    session.add(report)
    session.flush()
    return report
