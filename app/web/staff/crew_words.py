"""A crew's jobs in words, and the forms of what a crew does. Few and large: who reads them wears gloves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import url_for
from sqlalchemy.orm import Session

from app import i18n
from app.actions.hazards import subject_of
from app.domain.hazard import Status
from app.domain.lifecycle import FACTS, Act, allowed_acts
from app.domain.permissions import Actor
from app.domain.references import show_reference
from app.i18n import gettext as _
from app.i18n import lazy_gettext
from app.queries.crews import crew_ids_of
from app.queries.shifts import acts_for
from app.queries.staff import StaffHazard
from app.web import labels, labels_proof
from app.web.clock_words import fix_words, make_safe_words
from app.web.context import now as clock
from app.web.context import policy
from app.web.staff import acts
from app.web.staff.rule_words import act_rules
from app.web.staff.words import event_words, page_words, state_of

BUTTONS = {
    Act.START: (lazy_gettext("Start work"), "tool", "primary"),
    Act.MAKE_SAFE: (lazy_gettext("Made safe"), "shield", "good"),
    Act.INSPECT: (lazy_gettext("Checked: still safe"), "eye", "good"),
    Act.FIX: (lazy_gettext("Fixed"), "check", "good"),
    Act.NOT_FOUND: (lazy_gettext("Not found here"), "search", "quiet"),
    Act.NOTE: (lazy_gettext("Only a photo or a note"), "camera", "quiet"),
    Act.RETURN_WORK: (lazy_gettext("Return the job"), "reopen", "quiet"),
}
"""What a crew may do, as the page shows it: words, icon, weight."""
PATROL = "log"
"""What a device calls the logging of a hazard that was found on patrol (`js/patrol.js`)."""
LAST_NOTES = 5


def job_row(row: Any, now: datetime) -> dict[str, Any]:
    """A card of the list."""
    return {
        "url": url_for("crew.job", reference=show_reference(row.reference)), "title": row.title,
        "group": row.type_group, "state": state_of(row), "reference": show_reference(row.reference),
        "severity": row.severity, "severity_text": labels.severity(row.severity), "status": row.status,
        "status_text": labels.status(row.status), "place": row.near, "overdue": row.overdue is not None,
        "urgent": row.urgent, "disputed": row.disputed, "crew": row.crew, "lat": f"{row.lat:.6f}",
        "lon": f"{row.lon:.6f}", "clock": _first_clock(row, now), "version": row.version,
    }  # fmt: skip


def _first_clock(row: Any, now: datetime) -> dict[str, str]:
    """The clock that matters now: to make it safe, and once it is safe, to fix it."""
    safe = row.made_safe_at is not None or row.make_safe_due is None
    words, state = fix_words(row, now) if safe else make_safe_words(row, now)
    return {"label": _("Fix") if safe else _("Make safe"), "text": words, "state": state}


def job_words(session: Session, page: StaffHazard, by: Actor, now: datetime) -> dict[str, Any]:
    """All of the page but its forms."""
    hazard = page.hazard
    told = [event_words(event) for event in page.events if event.note]
    return {
        **page_words(page, now),
        "advice": page.kind.advice(i18n.language()),
        "notes": told[:LAST_NOTES],
        "mine": is_mine(session, page, by),
        "not_accepted": hazard.is_open and hazard.status in {Status.RECEIVED, Status.ASSIGNED},
        "waits_for_check": hazard.status == Status.FIX_REPORTED,
        "version": hazard.version,
        "seen": last_seen(page),
    }


def is_mine(session: Session, page: StaffHazard, by: Actor) -> bool:
    """Whether the job was given to this person or to a crew of theirs, or to somebody for whom they stand in."""
    hazard = page.hazard
    people = acts_for(session, by.account_id, policy().day(clock()))
    return hazard.assignee_id in people or any(hazard.crew_id in crew_ids_of(session, person) for person in people)


def last_seen(page: StaffHazard) -> int:
    """The last line of history that the page knows."""
    return max((event.id for event in page.events), default=0)


def job_forms(
    session: Session, page: StaffHazard, by: Actor, *, refused: tuple[Act, acts.ActForm] | None = None
) -> list[dict[str, Any]]:
    """The acts of a crew that are allowed now, each with its form; a refused one is there in any case."""
    allowed = set(allowed_acts(by, subject_of(page.hazard)))
    if not is_mine(session, page, by):
        allowed.discard(Act.RETURN_WORK)
    shown = [act for act in BUTTONS if act in allowed or (refused is not None and act is refused[0])]
    rules = act_rules(session, page.hazard, by, shown)
    forms = [_form(page, act, refused[1] if refused is not None and refused[0] is act else None) for act in shown]
    return [form | {"rule": rules.get(form["act"])} for form in forms]


def _form(page: StaffHazard, act: Act, refused: acts.ActForm | None) -> dict[str, Any]:
    words, icon, kind = BUTTONS[act]
    form = refused or acts.act_form(act, page.hazard, acts.Choices((), ()), seen=last_seen(page), sent=None)
    return {
        "act": act.value,
        "client_id": str(uuid4()),
        "title": str(words),
        "icon": icon,
        "kind": kind,
        "form": form,
        "fields": [name for name in acts.shown_fields(act) if name != "public"],
        "open": refused is not None,
        "alone": act in FACTS,
    }


def done_words(act: Act, status: Status, doubt: str | None = None) -> str:
    """What to say after an act; a fix that its photo did not prove is only reported."""
    if act is Act.FIX and status is Status.FIX_REPORTED:
        return labels_proof.only_reported(doubt)
    return _("Done: %(act)s", act=str(BUTTONS[act][0]))


def gone_words() -> str:
    """For whoever acted on what is with somebody else by now."""
    return _("This hazard is no longer with your organisation")


def script_words() -> dict[str, Any]:
    """What the scripts of both pages say."""
    return {
        "waiting": _("Waits for a network. It is sent by itself."),
        "later": _("The server asks to wait. It is sent again by itself."),
        "signin": _("Sign in, then it is sent by itself."),
        "help": _("Not accepted. Open it, correct it and send it again."),
        "lost": _("Not accepted. It can only be deleted: copy first what is still needed."),
        "behind": _("Waits for “%(act)s”, %(when)s, and goes after it.", act="{act}", when="{when}"),
        "stuck": _(
            "Waits for “%(act)s”, %(when)s, which was not accepted. Correct or delete that one, and this one goes.",
            act="{act}",
            when="{when}",
        ),
        "editing": _("Not accepted. It is open in the form below."),
        "replaces": _("This replaces what was not accepted before: %(when)s", when="{when}"),
        "sentElsewhere": _("This was already sent from another tab. Send it again only if something is missing in it."),
        "asNote": _("This step is not possible any more. What you wrote and your photos can go as a note."),
        "sent": _("Sent"),
        "sending": _("Sending…"),
        "metres": _("%(num)s m away", num="{num}"),
        "kilometres": _("%(num)s km away", num="{num}"),
        "noPlace": _("Your device does not say where it is. Allow it in the settings, or use the order by danger."),
        "photos": _("Photos: %(num)s", num="{num}"),
        "remove": _("Remove photo %(num)s", num="{num}"),
        "sureDelete": _("Delete this? It was not sent yet."),
        "kept": _("Kept on this device: %(when)s", when="{when}"),
        "acts": {PATROL: _("Hazard found on patrol")}
        | {act.value: str(words) for act, (words, _icon, _kind) in BUTTONS.items()},
    }


def patrol_words() -> dict[str, Any]:
    """What the script of the patrol's form says: as on a crew's pages, and of the place as the citizen's form does."""
    return script_words() | {
        "chooseKind": _("Choose what is dangerous."),
        "putPin": _("Show where it is: your own place, the map or numbers."),
        "badNumbers": _("These coordinates cannot be read. Write them like this: 43.2551 and 76.9301."),
        "asking": _("Asking your phone where you are…"),
        "near": _("Found, to about %(num)s m. If the pin is wrong, move it.", num="{num}"),
        "rough": _("Found only roughly, to about %(num)s m. Move the pin to the right place.", num="{num}"),
        "refused": _("The phone may not tell where you are. Touch the map, or type the coordinates."),
        "unknown": _("Your place could not be found. Touch the map, or type the coordinates."),
        "mapFailed": _(
            "The map did not load. Use your own place or type the numbers: the report works without the map."
        ),
    }
