"""The look of a history's line: of kinds and icons that exist."""

import re
from pathlib import Path

from app.domain.lifecycle import Act
from app.web.assets import STATIC
from app.web.event_look import ICONS, TONES, event_look
from app.web.labels_history import EVENTS

KINDS = {*Act, *EVENTS}


def test_every_look_is_of_a_kind_that_is_written_and_an_icon_that_is_drawn() -> None:
    drawn = set(re.findall(r'id="([\w-]+)"', (Path(STATIC) / "icons.svg").read_text()))
    assert set(ICONS) | set(TONES) <= KINDS
    assert set(ICONS.values()) <= drawn
    assert event_look("make_safe") == {"icon": "shield", "tone": "good"}
    assert event_look("severity_changed") == {"icon": None, "tone": None}
