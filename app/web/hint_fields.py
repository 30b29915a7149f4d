"""The fields for what was seen on the spot, shared by the forms of citizens, operators, staff and administrators.

Their names are those of `domain/hints.py`. What they hold is checked there and not here, so that a form and JSON are
refused alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, SelectField
from wtforms.form import BaseForm

from app.domain.hints import Hint
from app.i18n import gettext
from app.i18n import lazy_gettext as _
from app.web import labels

NAMES = tuple(hint.value for hint in Hint)


class HintFields:
    """To be mixed into a form."""

    sign = SelectField(_("Name on a sign"), choices=[], validate_choice=False)
    network = SelectField(_("Letters on the cover"), choices=[], validate_choice=False)
    voltage = SelectField(_("Voltage"), choices=[], validate_choice=False)
    setting = SelectField(_("Where it stands"), choices=[], validate_choice=False)
    hidden = BooleanField(_("Hard to see"))
    water = BooleanField(_("Water inside"))


def offer(form: HintFields, signs: Sequence[tuple[str, str]]) -> None:
    """Fill the lists. `signs`: (code, name) of the bodies whose name may stand on a sign."""
    form.sign.choices = [("", gettext("Not known")), *signs]
    form.network.choices = labels.hint_choices(Hint.NETWORK)
    form.voltage.choices = labels.hint_choices(Hint.VOLTAGE)
    form.setting.choices = labels.hint_choices(Hint.SETTING)


def fields_of(form: BaseForm) -> list[Any]:
    """The fields in the order in which they count."""
    return [form[name] for name in NAMES]


def given(form: BaseForm) -> dict[str, Any]:
    """What the form holds, as `parse_hints` takes it."""
    return {name: form[name].data for name in NAMES}


def sent(source: Mapping[str, Any]) -> dict[str, Any]:
    """What a plain form or a JSON object holds; a ticked box is "y" in the one and true in the other."""
    found = {name: source.get(name) for name in NAMES}
    ticked = {name: found[name] in (True, "y", "on", "true", "yes") for name in (Hint.HIDDEN.value, Hint.WATER.value)}
    return found | ticked
