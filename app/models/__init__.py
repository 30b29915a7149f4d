"""Tables, one per file. Importing this package registers them all on `Base.metadata`."""

from app.models.account import Account
from app.models.account_letter import AccountLetter
from app.models.account_link import AccountLink, LinkPurpose
from app.models.alarm import Alarm
from app.models.area import Area, AreaPart
from app.models.assignment import Assignment
from app.models.audit_entry import AuditEntry
from app.models.base import Base
from app.models.body import Body, BodyKind
from app.models.bulk_run import BulkRun
from app.models.calendar_day import CalendarDay
from app.models.contractor_link import ContractorLink, ContractorPhoto
from app.models.crew import Crew, CrewMember
from app.models.crew_act import SentAct
from app.models.deputy import Deputy
from app.models.duty import DutyCall, DutyContact
from app.models.duty_rule import DutyRule
from app.models.duty_waiting import DutyWaiting
from app.models.escalation import Escalation
from app.models.escalation_step import EscalationStep
from app.models.event import Event
from app.models.follow import Follow, Notice
from app.models.hazard import Hazard
from app.models.hazard_type import HazardType
from app.models.hint_kind import HintKind
from app.models.limits import DayKey, IntakeCount
from app.models.map_cell import MapCell, MapChange
from app.models.mention import Mention
from app.models.merge import Merge, NotSame
from app.models.message import Message
from app.models.photo import Photo
from app.models.place import Place
from app.models.presence import Presence
from app.models.question import Question
from app.models.reply_template import ReplyTemplate
from app.models.report import Report
from app.models.reroute import RerouteMove, RerouteRun
from app.models.responsibility import Responsibility
from app.models.root_cause import RootCause
from app.models.saved_filter import SavedFilter
from app.models.search_word import SearchWord
from app.models.second_factor import OneTimeCode, Passkey, RecoveryCode
from app.models.session import SignInTry, StaffSession
from app.models.shift import Shift
from app.models.shift_note import ShiftNote
from app.models.sign_in_step import SignInStep, StepPurpose
from app.models.staff_choice import StaffChoice, StaffSetting
from app.models.staff_notice import StaffNotice
from app.models.vault import Contact, Held, HeldPhoto, Look, StaffPush
from app.models.webhook import Webhook, WebhookDelivery, WebhookHost

__all__ = [
    "Account",
    "AccountLetter",
    "AccountLink",
    "Alarm",
    "Area",
    "AreaPart",
    "Assignment",
    "AuditEntry",
    "Base",
    "Body",
    "BodyKind",
    "BulkRun",
    "CalendarDay",
    "Contact",
    "ContractorLink",
    "ContractorPhoto",
    "Crew",
    "CrewMember",
    "DayKey",
    "Deputy",
    "DutyCall",
    "DutyContact",
    "DutyRule",
    "DutyWaiting",
    "Escalation",
    "EscalationStep",
    "Event",
    "Follow",
    "Hazard",
    "HazardType",
    "Held",
    "HeldPhoto",
    "HintKind",
    "IntakeCount",
    "LinkPurpose",
    "Look",
    "MapCell",
    "MapChange",
    "Mention",
    "Merge",
    "Message",
    "NotSame",
    "Notice",
    "OneTimeCode",
    "Passkey",
    "Photo",
    "Place",
    "Presence",
    "Question",
    "RecoveryCode",
    "ReplyTemplate",
    "Report",
    "RerouteMove",
    "RerouteRun",
    "Responsibility",
    "RootCause",
    "SavedFilter",
    "SearchWord",
    "SentAct",
    "Shift",
    "ShiftNote",
    "SignInStep",
    "SignInTry",
    "StaffChoice",
    "StaffNotice",
    "StaffPush",
    "StaffSession",
    "StaffSetting",
    "StepPurpose",
    "Webhook",
    "WebhookDelivery",
    "WebhookHost",
]
