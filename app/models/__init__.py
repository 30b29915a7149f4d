"""Tables, one per file. Importing this package registers them all on `Base.metadata`."""

from app.models.account import Account
from app.models.alarm import Alarm
from app.models.area import Area, AreaPart
from app.models.assignment import Assignment
from app.models.audit_entry import AuditEntry
from app.models.base import Base
from app.models.body import Body, BodyKind
from app.models.calendar_day import CalendarDay
from app.models.crew import Crew, CrewMember
from app.models.duty import DutyCall, DutyContact
from app.models.event import Event
from app.models.follow import Follow, Notice
from app.models.hazard import Hazard
from app.models.hazard_type import HazardType
from app.models.hint_kind import HintKind
from app.models.limits import DayKey, IntakeCount
from app.models.map_cell import MapCell, MapChange
from app.models.message import Message
from app.models.photo import Photo
from app.models.place import Place
from app.models.report import Report
from app.models.reroute import RerouteMove, RerouteRun
from app.models.responsibility import Responsibility
from app.models.search_word import SearchWord
from app.models.session import SignInTry, StaffSession
from app.models.vault import Contact, Held, HeldPhoto, Look

__all__ = [
    "Account",
    "Alarm",
    "Area",
    "AreaPart",
    "Assignment",
    "AuditEntry",
    "Base",
    "Body",
    "BodyKind",
    "CalendarDay",
    "Contact",
    "Crew",
    "CrewMember",
    "DayKey",
    "DutyCall",
    "DutyContact",
    "Event",
    "Follow",
    "Hazard",
    "HazardType",
    "Held",
    "HeldPhoto",
    "HintKind",
    "IntakeCount",
    "Look",
    "MapCell",
    "MapChange",
    "Message",
    "Notice",
    "Photo",
    "Place",
    "Report",
    "RerouteMove",
    "RerouteRun",
    "Responsibility",
    "SearchWord",
    "SignInTry",
    "StaffSession",
]
