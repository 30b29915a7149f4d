"""Refusals of those who keep bodies, rules, areas, days and types."""

from app.domain.errors.base import DomainError


class UnknownArea(DomainError):
    code = "unknown_area"


class RerouteNotFound(DomainError):
    code = "reroute_not_found"


class RerouteStale(DomainError):
    code = "reroute_stale"


class BordersBusy(DomainError):
    code = "borders_busy"


class NoBordersThen(DomainError):
    """On the day asked for, no area was valid."""

    code = "no_borders_then"


class RerouteNotNow(DomainError):
    """A run of the re-routing cannot be started or stopped in its present state."""

    code = "reroute_not_now"


class NeedsNames(DomainError):
    code = "needs_names"


class BadChoice(DomainError):
    code = "bad_choice"


class BadBodyCode(DomainError):
    code = "bad_body_code"


class BodyCodeTaken(DomainError):
    code = "body_code_taken"


class ParentCycle(DomainError):
    code = "parent_cycle"


class BodyHasHazards(DomainError):
    code = "body_has_hazards"


class BadPeriod(DomainError):
    code = "bad_period"


class BadRank(DomainError):
    code = "bad_rank"


class SameRule(DomainError):
    code = "same_rule"


class RuleInForce(DomainError):
    code = "rule_in_force"


class UnknownRule(DomainError):
    code = "unknown_rule"


class DayTaken(DomainError):
    code = "day_taken"


class UnknownDay(DomainError):
    code = "unknown_day"


class BadTarget(DomainError):
    code = "bad_target"


class NeedsKinds(DomainError):
    code = "needs_kinds"


class NeverPublic(DomainError):
    code = "never_public"


class UnknownEntry(DomainError):
    code = "unknown_entry"


class AlreadyUndone(DomainError):
    code = "already_undone"


class ChangedSince(DomainError):
    code = "changed_since"


class StillInUse(DomainError):
    code = "still_in_use"


class UnknownDutyContact(DomainError):
    code = "unknown_duty_contact"


class HalfHours(DomainError):
    """Only one end of the hours was given."""

    code = "half_hours"


class NeedsName(DomainError):
    code = "needs_name"


class BadPlaceholder(DomainError):
    """Braces in a template of a reply that hold none of the known names."""

    code = "bad_placeholder"


class NeedsTexts(DomainError):
    """A template lacks its text in one of the languages."""

    code = "needs_texts"


class UnknownTemplate(DomainError):
    code = "unknown_template"


class UnknownPerson(DomainError):
    """Nobody who works for the organisation now."""

    code = "unknown_person"


class CrewNameTaken(DomainError):
    code = "crew_name_taken"


class CrewHasWork(DomainError):
    """Open hazards are given to it."""

    code = "crew_has_work"


class UnknownShift(DomainError):
    code = "unknown_shift"


class UnknownDeputy(DomainError):
    code = "unknown_deputy"


class OwnDeputy(DomainError):
    """Nobody stands in for themselves."""

    code = "own_deputy"


class PeriodBackwards(DomainError):
    """The last day is before the first one."""

    code = "period_backwards"


class BadWebhook(DomainError):
    """No address that may be called."""

    code = "bad_webhook"


class UnknownWebhook(DomainError):
    code = "unknown_webhook"


class SameAdministrator(DomainError):
    """The second word must be somebody else's."""

    code = "same_administrator"


class NotDead(DomainError):
    """It was sent again, discarded or has gone meanwhile."""

    code = "not_dead"


class BadPublicPhone(DomainError):
    """Of an organisation; short numbers are good."""

    code = "bad_public_phone"


class BadPhone(DomainError):
    code = "bad_phone"


class BadHours(DomainError):
    """Only one end of the quiet hours, or no time."""

    code = "bad_hours"


class UnknownStep(DomainError):
    """Of the schedule of escalation."""

    code = "unknown_step"


class BadMoment(DomainError):
    """A step of the escalation at no sensible time."""

    code = "bad_moment"


class NobodyTold(DomainError):
    code = "nobody_told"


class SameStep(DomainError):
    """Another step of the severity is reached at this moment."""

    code = "same_step"


class LastStep(DomainError):
    """Nobody would be told any more when a clock of this severity runs out."""

    code = "last_step"


class BadMinutes(DomainError):
    """Too few or too many minutes to say "I know"."""

    code = "bad_minutes"
