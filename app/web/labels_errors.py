"""Refusals in words: one sentence for each DomainError and each HTTP error. Pages import `labels.py`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.domain.errors import DomainError
from app.domain.hazard import MAX_PHOTOS, MAX_TEXT, MOST_LINK_DAYS
from app.i18n import format_day, gettext
from app.i18n import lazy_gettext as _

ERRORS = {
    "bad_coordinates": _(
        "These are not coordinates. Put the pin on the map, or type numbers like 43.2380 and 76.9450."
    ),
    "half_place": _("Give both numbers: latitude and longitude."),
    "same_hazard": _("This is the number of this very hazard. Give the number of the other one."),
    "no_place": _("Show where it is: put the pin on the map, or type the coordinates."),
    "out_of_bounds": _("This place is not in Kazakhstan. Check the pin."),
    "bad_geometry": _("This shape cannot be used. Draw it again without crossing lines."),
    "cannot_join": _(
        "This hazard cannot be joined any more: it was closed, or it lies elsewhere. Send yours as a new one."
    ),
    "unknown_hazard_type": _("Choose what kind of hazard it is."),
    "not_reportable": _("This cannot be reported here. If a child is in danger, call 112 or 111 now."),
    "bad_hint": _("This answer is not one of the choices. Choose again or leave it empty."),
    "not_text": _("The description must be text."),
    "bad_client_id": _("This form is damaged. Open it again; what you typed can be copied."),
    "text_too_long": _("The text is too long: at most %(limit)s characters."),
    "too_many_photos": _("Too many photos: at most %(limit)s."),
    "photo_unreadable": _("This photo could not be read. Send a JPEG, PNG, WebP, HEIC or AVIF file of at most 10 MB."),
    "no_more_changes": _(
        "This report was taken in and cannot be changed any more. Add what is new on the page of its receipt."
    ),
    "already_withdrawn": _("This report was taken back, so nothing can be added to it."),
    "nothing_said": _("Write something or choose a photo."),
    "bad_region": _("Draw a rectangle on the photo, or give its place and size in per cent."),
    "place_not_found": _(
        "No such place was found. Write a street, a village or a district, or coordinates like 43.23800, 76.94500."
    ),
    "photos_away": _("Photos cannot be stored right now. Send without photos, or try again in a minute."),
    "bad_reference": _("There is no hazard with this number. Check it: one character may be wrong."),
    "bad_receipt": _("This receipt code is not right. Check it: one character may be wrong."),
    "hazard_not_found": _("There is no such hazard."),
    "unknown_filter": _("There is no such saved filter."),
    "needs_filter_name": _("Give the filter a name."),
    "filter_name_taken": _("You have a filter with this name already. Choose another name."),
    "too_many_filters": _("You have %(limit)s saved filters, more cannot be kept. Delete one first."),
    "points_to_violence": _(
        "These words tell of violence against a person: no organisation and nobody else may read them. Say only what is"
        " dangerous about the place."
    ),
    "not_own_words": _(
        "These are too much the sender's words: nobody but you may read them. Say it in your own, without the people."
    ),
    "held_not_found": _("There is no such held report."),
    "reroute_not_found": _("There is no such run of the re-routing."),
    "reroute_stale": _("Borders or rules have changed since this run was looked at: look again."),
    "borders_busy": _("Borders or rules are being changed right now. Try again in a few minutes."),
    "no_borders_then": _("No borders are known for this day: choose a later one."),
    "reroute_not_now": _("This run cannot be started or stopped now: look at how far it is."),
    "stale_version": _("Somebody else has changed this in the meantime. Look at what is new, then send again."),
    "merge_would_hide": _(
        "Everybody sees this hazard, and nobody would see the other one. Keep this one and join the other to it."
    ),
    "too_far_to_join": _(
        "They lie %(metres)s m from each other; hazards of these kinds are joined within %(limit)s m. If a pin is"
        " wrong, correct it first."
    ),
    "other_group": _("These are dangers of different kinds and never one. If a kind is wrong, correct it first."),
    "cannot_stay": _("Only a hazard that is open or fixed can stay."),
    "reported_after_fix": _(
        "This was reported after the other one was fixed: it is dangerous again, and no duplicate. Work on it."
    ),
    "end_waits": _("Its end was proposed and is not decided yet: decide that first, or let the other one stay."),
    "still_joined": _("It is joined to another hazard. Undo that: its reports come back with it."),
    "undo_later_first": _("Another hazard was joined since. Undo that first."),
    "undo_too_late": _("The time in which this could be undone is over."),
    "unknown_merge": _("There is no such joining of hazards."),
    "unknown_root_cause": _("There is no such task."),
    "needs_plan": _("Write what will be done, and by when."),
    "act_not_allowed_now": _("This cannot be done in the present status."),
    "not_permitted": _("You may not do this."),
    "needs_note": _("Write in a few words what was done."),
    "needs_photo": _("Add a photo as proof."),
    "needs_measure": _("Choose what was done to make it safe."),
    "needs_reason": _("Give the reason."),
    "needs_hold_reason": _("Choose what the work waits for."),
    "needs_proof": _(
        "It is reported as fixed already, and this photo does not show that it was taken here after the work was"
        " accepted: a second person must confirm."
    ),
    "proposal_waits": _("Something was proposed for this hazard and is not decided yet: decide that first."),
    "nothing_proposed": _("Nothing is proposed any more: somebody has decided it, or nobody has proposed it."),
    "nothing_to_inspect": _("No temporary measure stands here that could be inspected: mark it as made safe first."),
    "needs_date": _("Choose the day."),
    "needs_body": _("Choose the organisation."),
    "needs_hazard": _("Give the number of the other hazard."),
    "needs_crew": _("Choose a crew or a person."),
    "unknown_crew": _("This crew or person does not work for the organisation any more. Choose another one."),
    "link_dead": _("This link does not open anything any more. Ask whoever gave it to you."),
    "bad_link_days": _("A link is good for 1 to %(limit)s days."),
    "other_person": _("This was done by somebody else on this device. It is sent when they sign in again."),
    "needs_second_person": _("Another person must confirm this, not the one who proposed it."),
    "corrected_by_same": _(
        "Whoever moved the pin or changed the kind does not also confirm the end: a colleague or the coordinator does."
    ),
    "joined_by_same": _(
        "Whoever joined another hazard to this one does not also confirm the end: a colleague or the coordinator does."
        " Is there nobody else? A fix with a new photo in which the camera noted a place near both and the time closes"
        " it by itself; or undo the joining, while that can still be done."
    ),
    "same_hand": _(
        "You or the person who proposed, corrected or merged this joined the organisation less than %(days)s days ago,"
        " invited by the other one or by the same colleague. Until then somebody else of your organisation confirms, or"
        " the coordinator."
    ),
    "photo_used_before": _(
        "This photo was used before. Go there and take a new one: a measure is trusted longer only by a new look."
    ),
    "needs_arbiter": _("Who answers for this is now for the coordinator to decide; it cannot be passed on."),
    "would_hide": _(
        "This kind is not shown to the public, so the hazard would vanish from the map: ask the coordinator."
    ),
    "day_past": _("Choose today or a later day."),
    "same_body": _("This organisation already has it."),
    "nothing_changed": _("Nothing was changed."),
    "unknown_body": _("There is no such organisation."),
    "unknown_area": _("There is no such area."),
    "email_taken": _("There is already an account with this e-mail."),
    "weak_password": _("Choose a password of at least 12 characters that is hard to guess and is not your e-mail."),
    "step_expired": _("This took too long, or was done already. Sign in again."),
    "has_app_already": _("There is an app already. Remove it first."),
    "no_second_factor": _("Begin anew: the code of the app did not arrive in time."),
    "bad_link": _("This link is not valid, or it was used before."),
    "last_manager": _("This is the organisation's last manager: make somebody else one first."),
    "already_joined": _("This person has already chosen a password."),
    "too_many": _(
        "Very many reports came from your network in this hour. In danger call 112 or 111 now. Try again later."
    ),
    "too_many_tries": _("Too many tries. Wait 15 minutes, at most an hour, and try again."),
    "already_decided": _("Somebody else has already decided this."),
    "unknown_account": _("There is no such account."),
    "needs_names": _("Give the name in Kazakh, in Russian and in English."),
    "bad_choice": _("One of the answers is not among the choices. Choose again."),
    "bad_body_code": _("A code has 2 to 60 small Latin letters, digits and hyphens, for example almaty-su."),
    "body_code_taken": _("There is already an organisation with this code."),
    "bad_email": _("This is not an e-mail address."),
    "parent_cycle": _("An organisation cannot stand above itself. Choose another one."),
    "body_has_hazards": _(
        "This organisation still has open hazards. Tick the box if it is to be switched off all the same."
    ),
    "bad_period": _("The day on which it ends must be later than the day on which it begins."),
    "bad_rank": _("The order is a whole number from 0 to 30000."),
    "same_rule": _("There is already a rule that says the same from the same day."),
    "rule_in_force": _("A rule that has been in force is not deleted. Give the day on which it ends."),
    "unknown_rule": _("There is no such rule."),
    "day_taken": _("This day is already in the calendar."),
    "unknown_day": _("This day is not in the calendar."),
    "bad_target": _(
        "Hours and days are whole numbers above zero, up to 8760. Give a number with its unit, or neither."
    ),
    "needs_kinds": _("Choose at least one kind of organisation, and each only once."),
    "never_public": _(
        "Hazards of this kind are never shown to the public, and a child in danger is never reported here."
    ),
    "unknown_entry": _("There is no such change."),
    "already_undone": _("This change is already undone."),
    "changed_since": _("This cannot be undone: it was changed again since. Undo the later change first."),
    "unknown_duty_call": _("This link is not valid, or the hazard is closed by now."),
    "unknown_follow": _("This link is not valid, or it was used before. No letters are sent to you by it."),
    "unknown_step": _("This step is not in the schedule any more."),
    "bad_moment": _("Give a time that makes sense: 1 to 99 per cent, or hours up to 720."),
    "nobody_told": _("Choose who is told."),
    "same_step": _("At this moment somebody is told already. Change that step instead."),
    "last_step": _("This is the only step of this severity: without it nobody would be told. Add another one first."),
    "bad_minutes": _("Give whole minutes, from %(least)s to %(most)s."),
    "half_hours": _("Give both times, from and to, or none."),
    "unknown_duty_contact": _("There is no such contact any more."),
    "bad_subscription": _("This browser's messages cannot be used here. Choose e-mail instead."),
    "needs_name": _("Please give a name."),
    "bad_webhook": _("This address cannot be called. Give one that begins with https:// and a site name."),
    "unknown_webhook": _("There is no such address any more."),
    "same_administrator": _("You have allowed it already. A second administrator must agree."),
    "not_dead": _("This message was sent again or thrown away meanwhile."),
    "bad_public_phone": _("This is no telephone number. Write one number in digits, like +7 727 000 00 00 or 109."),
    "bad_phone": _("Write the number with the code of the country, like +7 701 000 00 00."),
    "bad_hours": _("Give both ends of the quiet hours, or none."),
    "unknown_person": _("This person does not work for the organisation any more. Choose another one."),
    "crew_name_taken": _("There is already a crew with this name."),
    "crew_has_work": _("This crew still has open hazards. Give them to somebody else first."),
    "unknown_shift": _("There is no such shift any more."),
    "unknown_deputy": _("There is no such deputy any more."),
    "own_deputy": _("Nobody can stand in for themselves. Choose another person."),
    "period_backwards": _("The last day cannot be before the first one."),
    "unknown_shift_note": _("There is no such note."),
    "needs_shift_note": _("Write what the next shift must know. If there is nothing, write just that."),
    "own_shift_note": _("Somebody else of the next shift confirms this, not whoever wrote it."),
    "too_many_rows": _("At most %(limit)s hazards can be taken at once. Narrow the filter."),
    "nothing_chosen": _("Choose at least one hazard."),
    "bad_placeholder": _(
        "This cannot stand here: %(placeholder)s. Only these words in braces are filled in: "
        "{reference}, {type}, {body}, {due}."
    ),
    "needs_texts": _("Write the text in Kazakh, in Russian and in English."),
    "unknown_template": _("There is no such template any more."),
    "nobody_to_ask": _("Nobody who reported this can be asked: there is no report with a receipt."),
    "nobody_asked": _("No question waits for an answer here. Ask the person who reported it first."),
    "clock_ran_out": _(
        "The time for the fix has passed already, so it does not wait for an answer. Ask without the tick."
    ),
    "clock_stopped_before": _(
        "The time for the fix has waited once for an answer that did not come; it does not wait again. "
        "Ask without the tick."
    ),
    "unknown_colleague": _("This person cannot be mentioned here. Choose a colleague from the list."),
    "unknown_question": _("This question is not asked any more."),
    "still_in_use": _("Something else still depends on this, so it cannot be taken away."),
}
HTTP = {
    400: _("The address or the form holds something that cannot be read."),
    401: _("You are not signed in, or not any more. Sign in and send it again."),
    403: _("You may not open this page or do this."),
    404: _("There is no such page. It may have moved, or the address is mistyped."),
    405: _("This address cannot be used in this way."),
    409: _("Somebody else has changed this in the meantime."),
    411: _("The message came without its length."),
    413: _("What you sent is too large. Send fewer or smaller photos."),
    415: _("This kind of file cannot be used."),
    429: _("Too many requests. Wait a little and try again."),
    500: _("Something went wrong on our side. Please try again."),
    503: _("The service is not available at the moment. Try again in a minute."),
}
FORM_EXPIRED = _(
    "The form was open for too long, or it was sent from another page. Open it again and send it once more."
)
WRONG_SIGN_IN = _("The e-mail or the password is wrong.")
FORM_KEPT = _(
    "The form was open for too long, so nothing was sent. What you typed is still here: check it and send it again."
)
FORM_KEPT_WITHOUT_PHOTOS = _(
    "The form was open for too long, so nothing was sent. What you typed is still here: check it and send it again. "
    "Photos must be chosen anew."
)
FORM_AND_PHOTOS_KEPT = _(
    "The form was open for too long, so nothing was sent. What you typed and your photos are still here: check them "
    "and send again."
)
LIMITS = {"bad_link_days": MOST_LINK_DAYS, "text_too_long": MAX_TEXT, "too_many_photos": MAX_PHOTOS}

NO_NUMBERS = dict.fromkeys(("metres", "least", "most", "days"))
"""A refusal raised without its numbers has a sentence all the same."""


def error(refusal: DomainError) -> str:
    """The sentence of a refusal."""
    values = {**NO_NUMBERS, "limit": LIMITS.get(refusal.code), "placeholder": "{…}", **refusal.values}
    if refusal.code == "out_of_bounds" and refusal.values.get("swapped"):
        return gettext("Latitude and longitude seem to be exchanged. Check the pin.")
    if refusal.code == "photo_unreadable" and refusal.values.get("name"):
        return gettext("%(name)s is not a photo that can be read. Choose another one.", **refusal.values)
    return _sentence(refusal.code, values) % values


def error_by_code(code: str, values: Mapping[str, object]) -> str:
    """The sentence of a refusal that was kept by its code."""
    return _sentence(code, values) % {"limit": LIMITS.get(code), **values}


def _sentence(code: str, values: Mapping[str, object]) -> str:
    if code != "same_hand" or not values.get("until"):
        return str(ERRORS[code])
    day = format_day(date.fromisoformat(str(values["until"])))
    return f"{ERRORS[code]} {gettext('From %(day)s on the two of you count as two people.', day=day)}"


def http_error(status: int) -> str:
    """The sentence of an HTTP error; the nearest general one where it has none of its own."""
    return str(HTTP.get(status) or HTTP[500 if status >= 500 else 400])


def form_expired() -> str:
    """For a form without a good token."""
    return str(FORM_EXPIRED)


def form_kept(*, photos: bool | None = None) -> str:
    """For the same, where the form is shown again with what was typed. `photos`: whether they are kept too; None for a
    form that takes none.
    """
    return str({None: FORM_KEPT, True: FORM_AND_PHOTOS_KEPT, False: FORM_KEPT_WITHOUT_PHOTOS}[photos])


def wrong_sign_in() -> str:
    """The one answer to a wrong address and to a wrong password."""
    return str(WRONG_SIGN_IN)
