"""Kinds of areas, and why a rule is never reached, in words. Pages import `labels.py`, which offers all of this."""

from __future__ import annotations

from app.domain.coverage import Dead
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


def area_kind(code: str) -> str:
    """What an area is: "City district"; a kind that came with an import and has no words is shown as it is."""
    return str(AREA_KINDS.get(code, code))


def dead(code: Dead | str) -> str:
    """Why a rule is never reached."""
    return str(DEAD[Dead(code)])
