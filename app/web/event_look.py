"""The icon and the tone of a line of a history, the same on the public page, the receipt and the staff's page.

Decision: one table; a kind that has no line gets the plain dot. Turned down: a table in each door, two of which had
drifted apart.
"""

ICONS = {
    "reported": "flag",
    "assigned": "forward",
    "forward": "forward",
    "triaged": "forward",
    "arbitrate": "person",
    "disclaim": "search",
    "accept": "person",
    "start": "tool",
    "plan": "calendar",
    "hold": "pause",
    "inspect": "eye",
    "not_found": "search",
    "confirm_not_found": "check",
    "materials": "tool",
    "make_safe": "shield",
    "made_safe_expired": "warning",
    "fix": "check",
    "confirm_fix": "check",
    "reopen": "reopen",
    "dispute": "reopen",
    "flagged": "flag",
    "still_dangerous": "warning",
    "confirmed_safe": "check",
    "addition": "plus",
    "answered": "chat",
    "note": "chat",
    "fix_clock_stopped": "pause",
    "fix_clock_runs": "clock",
    "withdrawn_by_reporter": "reject",
    "correct": "pin",
    "mark_duplicate": "merge",
    "merged_in": "merge",
    "merge_undone": "reopen",
    "split_off": "reopen",
    "repeat_found": "reopen",
    "cause_proposed": "search",
    "cause_accepted": "tool",
    "cause_done": "check",
    "cause_declined": "reject",
    "overdue": "clock",
    "escalated": "mail",
    "assign_work": "person",
    "return_work": "reopen",
    "ask": "chat",
    "link_given": "forward",
    "link_revoked": "reject",
    "duty_called": "phone",
    "duty_passed_on": "clock",
    "duty_acknowledged": "check",
    "duty_unanswered": "warning",
}
TONES = {
    "repeat_found": "late",
    "cause_done": "good",
    "make_safe": "good",
    "inspect": "good",
    "fix": "good",
    "confirm_fix": "good",
    "confirmed_safe": "good",
    "answered": "good",
    "overdue": "late",
    "made_safe_expired": "late",
    "dispute": "late",
    "flagged": "late",
    "duty_acknowledged": "good",
    "duty_unanswered": "late",
}


def event_look(kind: str) -> dict[str, str | None]:
    """`icon` (an id of the sprite) and `tone` (good, late) for `components/hazard.timeline`, or None each."""
    return {"icon": ICONS.get(kind), "tone": TONES.get(kind)}
