"""Kinds of areas, and what the table of who answers where says, in words. Offered by `labels.py` too."""

from __future__ import annotations

from app.domain.coverage import Dead
from app.domain.hazard import Basis
from app.i18n import format_number
from app.i18n import lazy_gettext as _

AREA_KINDS = {
    "country": _("Country"),
    "oblast": _("Oblast"),
    "republican_city": _("City of republican status"),
    "city_administration": _("City administration"),
    "rayon": _("Raion"),
    "service_area": _("Service area"),
    "city": _("City"),
    "city_district": _("City district"),
    "rural_okrug": _("Rural okrug"),
    "settlement": _("Settlement"),
    "village": _("Village"),
}
DEAD = {
    Dead.NO_AREA: _("Its area is not valid on this day"),
    Dead.BODY_OFF: _("Its organisation is switched off"),
    Dead.ENDED: _("It has ended"),
    Dead.NOT_YET: _("It has not begun yet"),
    Dead.NO_TYPE: _("No kind of hazard asks for this kind of organisation"),
    Dead.LATER: _("Others go before it everywhere"),
}

BASES_SHORT = {
    Basis.BY_RULE: _("by a rule"),
    Basis.BY_AREA: _("by its kind"),
    Basis.BY_HINT: _("by a mark on the object"),
    Basis.NEAREST: _("the nearest"),
    Basis.DEFAULT_TRIAGE: _("owner not known"),
    Basis.CONFIRMED_BY_BODY: _("confirmed by itself"),
    Basis.BY_DECISION: _("by a decision"),
}

RUN_STATES = {
    "looking": _("Being looked through"),
    "preview": _("Looked at"),
    "running": _("Moving"),
    "stopped": _("Stopped"),
    "done": _("Done"),
}
FLAWS = {
    "overlap": _("Overlaps with %(other)s: %(km2)s km²"),
    "gap": _("Its parts leave %(km2)s km² of it over"),
    "orphan": _("Its parent %(other)s is not there"),
}


def area_kind(code: str) -> str:
    """What an area is: "City district"; a kind that came with an import and has no words is shown as it is."""
    return str(AREA_KINDS.get(code, code))


def run_state(code: str) -> str:
    """How far a run of the re-routing is."""
    return str(RUN_STATES[code])


def dead(code: Dead | str) -> str:
    """Why a rule is never reached."""
    return str(DEAD[Dead(code)])


def basis_short(code: Basis | str) -> str:
    """Why an organisation answers, in a cell of a table."""
    return str(BASES_SHORT[Basis(code)])


def flaw(what: str, *, other: str, km2: float | None) -> str:
    """What does not fit, as `queries/area_checks.py` found it."""
    return str(FLAWS[what]) % {"other": other, "km2": format_number(round(km2 or 0, 1))}
