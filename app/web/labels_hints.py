"""What was seen on the spot, in words: the name of each hint, the question that asks for it, and its answers.

The letters of covers are those of `manhole_network_routing` in the taxonomy; a sign's value is a body, named by its
own name. Pages import `labels.py`, which offers all of this.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.hints import VALUES, YES, Hint
from app.i18n import gettext
from app.i18n import lazy_gettext as _

HINTS = {
    Hint.SIGN: _("Name on a sign"),
    Hint.NETWORK: _("Letters on the cover"),
    Hint.VOLTAGE: _("Voltage"),
    Hint.SETTING: _("Where it stands"),
    Hint.HIDDEN: _("Hard to see"),
    Hint.WATER: _("Water inside"),
}
QUESTIONS = {
    Hint.SIGN: _("Whose name is on the sign or the machines?"),
    Hint.NETWORK: _("Which letters are on the cover or beside it?"),
    Hint.VOLTAGE: _("Which voltage is written there?"),
    Hint.SETTING: _("Where does it stand?"),
    Hint.HIDDEN: _("It is covered with a board, leaves or snow and hard to see"),
    Hint.WATER: _("There is water in it"),
}
HINT_VALUES = {
    (Hint.NETWORK, "water"): _("В: drinking water"),
    (Hint.NETWORK, "hydrant"): _("Г or ПГ: fire hydrant"),
    (Hint.NETWORK, "sewer"): _("К: sewer"),
    (Hint.NETWORK, "storm"): _("Д: storm drain"),
    (Hint.NETWORK, "heat"): _("ТС: heating"),
    (Hint.NETWORK, "telecom"): _("Т or ГТС: telephone"),
    (Hint.NETWORK, "gas"): _("ГС: gas"),
    (Hint.VOLTAGE, "up_to_1_kv"): _("Up to 1 kV, for example 220 or 380 V"),
    (Hint.VOLTAGE, "1_to_35_kv"): _("1 to 35 kV"),
    (Hint.VOLTAGE, "110_kv"): _("110 kV"),
    (Hint.VOLTAGE, "220_kv_and_more"): _("220 kV and more"),
    (Hint.SETTING, "yard"): _("In the yard of a house"),
    (Hint.SETTING, "road"): _("On a road or pavement"),
    (Hint.SETTING, "school"): _("At a school or kindergarten"),
    (Hint.SETTING, "park"): _("In a park or square"),
    (Hint.HIDDEN, YES): _("Yes"),
    (Hint.WATER, YES): _("Yes"),
}


def hint(code: Hint | str) -> str:
    """What was looked at: "Letters on the cover"."""
    return str(HINTS[Hint(code)])


def hint_question(code: Hint | str) -> str:
    """The question that a report form asks."""
    return str(QUESTIONS[Hint(code)])


def hint_value(code: Hint | str, value: str) -> str:
    """What was seen; the value itself where it is the name of a body."""
    return str(HINT_VALUES.get((Hint(code), value), value))


def hint_choices(code: Hint) -> list[tuple[str, str]]:
    """The answers of a list, the empty one first."""
    return [("", gettext("Not known")), *((value, hint_value(code, value)) for value in VALUES[code])]


def hint_words(seen: Mapping[str, str], bodies: Mapping[str, str]) -> list[tuple[str, str]]:
    """(what, seen) of all hints, in the order in which they count. `bodies`: names by code, for a sign."""
    return [(hint(each), bodies.get(seen[each], hint_value(each, seen[each]))) for each in Hint if each in seen]
