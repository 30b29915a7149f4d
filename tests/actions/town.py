"""A town for re-routing: two districts with a shared border in a city, a heating network across, bodies and rules."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from shapely.geometry import LineString, MultiPolygon, Point, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from app.actions.reference_data import load_reference_data
from app.actions.reroute_preview import preview_reroute
from app.domain.geo import label_point
from app.domain.permissions import SYSTEM
from app.domain.policy import Policy
from app.domain.references import new_reference
from app.domain.routing import AREA_RANK
from app.models import Area, Body, Hazard, RerouteMove, RerouteRun, Responsibility
from tests.jobs.kit import NOW

DATA = Path(__file__).parents[2] / "data"
POLICY = Policy(receipt_key=b"key", timezone=ZoneInfo("Asia/Almaty"))
START = date(2020, 1, 1)
WEST, EAST = box(76.8, 43.2, 76.9, 43.3), box(76.9, 43.2, 77.0, 43.3)
INSIDE = {"west": Point(76.85, 43.25), "east": Point(76.95, 43.25)}
BORDER, CORNER = Point(76.9, 43.25), Point(76.9, 43.3)
JUST_OUTSIDE, FAR = Point(77.001, 43.25), Point(78.5, 44.0)
BETWEEN = LineString([(76.87, 43.22), (76.98, 43.22)])


class Town:
    """`body`: ids by code."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.body: dict[str, int] = {}
        load_reference_data(session, DATA)
        self.area("city", "city", box(76.8, 43.2, 77.0, 43.3))
        self.area("west", "city_district", WEST)
        self.area("east", "city_district", EAST)
        self.area("gone", "city_district", box(77.0, 43.2, 77.1, 43.3), until=date(2021, 1, 1))
        self.area("heating", "service_area", box(76.88, 43.2, 76.95, 43.3))
        for code, kind, area in (
            ("akimat", "city_akimat", "city"),
            ("west-akimat", "district_akimat", "west"),
            ("east-akimat", "district_akimat", "east"),
            ("water", "water_utility", "city"),
            ("heat", "heat_network", "heating"),
            ("telecom", "telecom_operator", "east"),
            ("roads", "city_roads", "city"),
            ("gas", "gas_utility", "heating"),
            ("gone-akimat", "district_akimat", "gone"),
        ):
            self.rule(code, area, kind=kind)
        self.rule("roads", "west", group="ground")
        self.rule("telecom", "city", hazard_type="MANHOLE_OPEN", hint=("network", "telecom"))

    def area(self, code: str, kind: str, shape: BaseGeometry, *, until: date | None = None) -> None:
        names = {f"name_{language}": code for language in ("kk", "ru", "en")}
        self.session.add(
            Area(
                code=code,
                kind=kind,
                rank=AREA_RANK[kind],
                valid_from=START,
                valid_until=until,
                geom=MultiPolygon([shape]),
                **names,
            )
        )
        self.session.flush()

    def rule(
        self,
        code: str,
        area: str,
        *,
        kind: str = "contractor",
        hint: tuple[str | None, str | None] = (None, None),
        since: date = START,
        **more: object,
    ) -> Responsibility:
        """A rule of the body `code`, which is made where there is none."""
        if code not in self.body:
            names = {f"name_{language}": code for language in ("kk", "ru", "en")}
            body = Body(code=code, kind=kind, email=f"{code}@bodies.example", language="ru", **names)
            self.session.add(body)
            self.session.flush()
            self.body[code] = body.id
        rule = Responsibility(
            body_id=self.body[code], area_code=area, hint=hint[0], hint_value=hint[1], valid_from=since, **more
        )
        self.session.add(rule)
        self.session.flush()
        return rule

    def hazard(
        self,
        place: BaseGeometry = INSIDE["west"],
        *,
        kind: str = "MANHOLE_OPEN",
        body: str | None = None,
        **more: object,
    ) -> Hazard:
        """Received an hour ago; with a body it is assigned by area unless told otherwise."""
        given = {
            "status": "assigned" if body else "received",
            "basis": "by_area" if body else None,
            "body_id": self.body[body] if body else None,
            "make_safe_due": NOW + timedelta(hours=3),
            "fix_due": NOW + timedelta(days=2),
        }
        label = label_point(place)
        hazard = Hazard(
            reference=new_reference(),
            hazard_type=kind,
            geom=place,
            label=label,
            public_place=label,
            severity="high",
            severity_why=[],
            received_at=NOW - timedelta(hours=1),
            received_day=NOW.date(),
            **(given | more),
        )
        self.session.add(hazard)
        self.session.flush()
        return hazard

    def preview(self, *, forced: bool = False, as_of: date | None = None, now: datetime = NOW) -> RerouteRun:
        return preview_reroute(
            self.session, by=SYSTEM, as_of=as_of, forced=forced, reason="New borders", policy=POLICY, now=now
        )

    def moves(self, run: RerouteRun) -> dict[int, RerouteMove]:
        return {move.hazard_id: move for move in self.session.query(RerouteMove).filter_by(run_id=run.id)}
