"""What people send, in words: reports, what was said later, photos, the way they came, and what a moderator decided."""

from __future__ import annotations

from app.domain.hazard import Channel, Moderation, PhotoKind, ReportKind
from app.i18n import lazy_gettext as _

REPORT_KINDS = {
    ReportKind.NEW: _("Your report"),
    ReportKind.SEEN_TOO: _("Your report"),
    ReportKind.ADDITION: _("Added later"),
    ReportKind.STILL_DANGEROUS: _("You said: still dangerous"),
    ReportKind.SAFE_NOW: _("You said: safe now"),
    ReportKind.ANSWER: _("Your answer"),
}
SAID = {
    ReportKind.SEEN_TOO: _("Somebody else has seen it too"),
    ReportKind.ADDITION: _("The reporter added this later"),
    ReportKind.STILL_DANGEROUS: _("The reporter says: still dangerous"),
    ReportKind.SAFE_NOW: _("The reporter says: safe now"),
    ReportKind.ANSWER: _("The reporter answers a question"),
}
PHOTO_KINDS = {
    PhotoKind.REPORT: _("Photo from the reporter"),
    PhotoKind.BEFORE: _("Photo: before the work"),
    PhotoKind.MADE_SAFE: _("Photo: made safe"),
    PhotoKind.FIXED: _("Photo: fixed"),
    PhotoKind.SITE: _("Photo of the site"),
}
MODERATIONS = {
    Moderation.PENDING: _("Waits for a moderator"),
    Moderation.CLEARED: _("Cleared for the public"),
    Moderation.REFUSED: _("Kept from the public"),
}
CHANNELS = {
    Channel.WEB: _("Web page"),
    Channel.PHONE: _("Phone"),
    Channel.API: _("Another program"),
    Channel.IMPORT: _("Imported list"),
    Channel.PATROL: _("Found on patrol"),
}


def photo_kind(code: PhotoKind | str) -> str:
    """What a photo shows: also its text for those who cannot see it."""
    return str(PHOTO_KINDS[PhotoKind(code)])


def report_kind(code: ReportKind | str) -> str:
    """What a person's own sending was."""
    return str(REPORT_KINDS[ReportKind(code)])


def said(code: ReportKind | str | None) -> str:
    """What a report of somebody else was, for those who read it; "" for the first one, and for none."""
    return str(SAID.get(ReportKind(code), "")) if code else ""


def moderation(code: Moderation | str) -> str:
    return str(MODERATIONS[Moderation(code)])


def channel(code: Channel | str) -> str:
    """How a report came."""
    return str(CHANNELS[Channel(code)])
