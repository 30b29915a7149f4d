"""One hazard with the acts allowed now, and its photos. The list of them is in `inbox.py`.

A refused act shows the page again with its sentence at that act's form and all that was typed. Somebody else's change
in between is shown as lines of history, and the form then carries the new version. Another body's hazard is a 404; one
that was passed on while somebody typed gives back what was typed, and shows nothing of what has become of it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import CombinedMultiDict

from app import i18n
from app.actions.changes import Correction
from app.actions.hazards import act_on_hazard, subject_of
from app.actions.merged import JOINING
from app.domain.errors import DomainError, HazardNotFound, StaleVersion
from app.domain.lifecycle import MAX_REFUSALS, Act, allowed_acts
from app.domain.permissions import Permission
from app.domain.references import show_reference
from app.i18n import gettext as _
from app.queries.proof import last_doubt
from app.queries.staff import StaffHazard, hazard_for_staff, once_had, photo_key, visible_hazard
from app.web import labels, labels_proof
from app.web.access import access, actor
from app.web.context import db, now, policy
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.photos import send_photo, take_photos
from app.web.sent import number_or_0, reference_or_404
from app.web.staff import acts, talk
from app.web.staff.contractor import contractor_words
from app.web.staff.hazard_words import worker_words
from app.web.staff.merge import comparison_url, proposed_into
from app.web.staff.next_acts import ICONS, SHORT, grouped, next_acts
from app.web.staff.rule_words import act_rules, device_helps, may_judge_anew, not_second
from app.web.staff.same import fitting, same_words
from app.web.staff.words import event_words, hazard_url, page_words
from app.web.typed import keeps_typed, typed_words

bp = Blueprint("staff", __name__, url_prefix="/staff")

SEES = (Permission.SEE_BODY_HAZARDS, Permission.SEE_ALL_HAZARDS)


@bp.get("/h/<reference>")
@access(*SEES)
def hazard(reference: str) -> ResponseReturnValue:
    """One hazard with all that is known, and what may be done now."""
    return show_hazard(reference_or_404(reference))


def show_hazard(code: str) -> str:
    """The page, for whoever looks at it now."""
    with db() as session:
        page = hazard_for_staff(session, actor=actor(), reference=code, language=i18n.language())
        talk.look(session, page.hazard)
        return _page(session, page)


def _act_expired(reference: str, act: str) -> ResponseReturnValue:
    code, wanted = reference_or_404(reference), Act(act)
    try:
        form = _sent_form(code, wanted)
        form.form_errors = [labels.form_kept(photos=False)]
        return _again(code, wanted, form), 403
    except HazardNotFound:
        return _gone(code)


@bp.post("/h/<reference>/<any({}):act>".format(", ".join(Act)))
@access(*SEES)
@keeps_typed(_act_expired)
def act(reference: str, act: str) -> ResponseReturnValue:
    """Do one act of the lifecycle table."""
    code, wanted = reference_or_404(reference), Act(act)
    try:
        return _act(code, wanted)
    except HazardNotFound:
        return _gone(code)


def _act(code: str, wanted: Act) -> ResponseReturnValue:
    form = _sent_form(code, wanted)
    if not form.validate():
        return _again(code, wanted, form), 422
    try:
        if wanted in JOINING and (onwards := _to_comparison(code, wanted, form)) is not None:
            return redirect(onwards, 303)
        said, tone = _do(code, wanted, form)
    except DomainError as error:
        return _again(code, wanted, form, error), 409 if isinstance(error, StaleVersion) else 422
    flash(said, tone)
    return redirect(where_next(code), 303)


@bp.get("/h/<reference>/place")
@access(*SEES)
def place(reference: str) -> ResponseReturnValue:
    """The form that corrects a hazard, with a map to pick its place on. A page of its own: one page has one map."""
    with db() as session:
        page = hazard_for_staff(session, actor=actor(), reference=reference_or_404(reference), language=i18n.language())
        if Act.CORRECT not in allowed_acts(actor(), subject_of(page.hazard)):
            abort(404)
        judges = may_judge_anew(page.hazard, actor())
        rules = act_rules(session, page.hazard, actor(), [Act.CORRECT])
        form = acts.act_form(Act.CORRECT, page.hazard, acts.read_choices(session, None), seen=_last(page), sent=None)
    return render_template(
        "staff/place.html",
        form=form,
        fields=[name for name in acts.shown_fields(Act.CORRECT) if name != "anew" or judges],
        rule=rules[Act.CORRECT.value],
        reference=show_reference(page.hazard.reference),
        title=labels.act(Act.CORRECT),
        parts=map_parts(Kind.PICK),
    )


@bp.get("/photo/<public_id>/<size>")
@access(*SEES)
def photo(public_id: str, size: str) -> ResponseReturnValue:
    """A photo, cleared or not, of a hazard that the actor may see."""
    with db() as session:
        key = photo_key(session, actor=actor(), public_id=public_id[:40])
    return send_photo(key, size, cache="private, no-store")


def _sent_form(code: str, wanted: Act) -> acts.ActForm:
    sent: Any = CombinedMultiDict([request.files, request.form])
    with db() as session:
        hazard = visible_hazard(session, actor=actor(), reference=code)
        return acts.act_form(
            wanted,
            hazard,
            acts.read_choices(session, hazard.body_id, hazard_id=hazard.id, area_id=hazard.area_id),
            seen=0,
            sent=sent,
        )


def _gone(code: str) -> ResponseReturnValue:
    """What was typed, for whoever has just lost the hazard; a 404 for whoever never had it."""
    with db() as session:
        if not once_had(session, actor=actor(), reference=code):
            raise HazardNotFound(reference=code)
    return render_template("staff/gone.html", reference=show_reference(code), typed=typed_words()), 409


def _to_comparison(code: str, wanted: Act, form: acts.ActForm) -> str | None:
    """Nobody closes one as a duplicate before seeing both; None where they do, or no other one was named."""
    if wanted is Act.CONFIRM_DUPLICATE and request.form.get("compared"):
        return None
    with db() as session:
        named = form.duplicate_of.data or proposed_into(session, code)
        return comparison_url(session, code, named) if named else None


def _do(code: str, wanted: Act, form: acts.ActForm) -> tuple[str, str]:
    """Do it; what to say, and in which tone: where it came to something else than the act says."""
    photos, was = take_photos(form.photos.data or []), take_photos(form.before.data or [])
    with db() as session:
        shown = visible_hazard(session, actor=actor(), reference=code)
        before = shown.refusals
        done = act_on_hazard(
            session,
            by=actor(),
            reference=code,
            act=wanted,
            version=number_or_0(form.version.data),
            given=acts.given_by(form, session, shown),
            policy=policy(),
            now=now(),
            photos=photos,
            before=was,
            correction=acts.correction_by(form, shown) if wanted is Act.CORRECT else Correction(),
            show_note=bool(form.public.data),
        )
        if before < MAX_REFUSALS <= done.refusals:
            return labels.second_refusal(), "success"
        if wanted is Act.FIX and done.is_open:
            return labels_proof.only_reported(last_doubt(session, done.id)), "warning"
        return _("Done: %(act)s", act=labels.act(wanted)), "success"


def _again(code: str, wanted: Act, form: acts.ActForm, error: DomainError | None = None) -> str:
    """The page with the refused form in it, open."""
    if error is not None:
        form.form_errors = [labels.error(error)]
    with db() as session:
        page = hazard_for_staff(session, actor=actor(), reference=code, language=i18n.language())
        news: list[dict[str, Any]] = []
        if isinstance(error, StaleVersion):
            news = [event_words(event) for event in page.events if event.id > number_or_0(form.seen.data)]
            form.version.data = str(page.hazard.version)
            form.seen.data = str(_last(page))
        return _page(session, page, refused=(wanted, form), news=news)


def _page(
    session: Session,
    page: StaffHazard,
    *,
    refused: tuple[Act, acts.ActForm] | None = None,
    news: list[dict[str, Any]] | None = None,
) -> str:
    allowed = fitting(session, page.hazard, allowed_acts(actor(), subject_of(page.hazard)))
    if page.hazard.crew_id is None and page.hazard.assignee_id is None:
        allowed = [act for act in allowed if act is not Act.RETURN_WORK]  # nobody has it to give back
    allowed, no_second = not_second(session, page.hazard, actor(), allowed)
    rules, judges = act_rules(session, page.hazard, actor(), allowed), may_judge_anew(page.hazard, actor())
    if refused is not None and refused[0] not in allowed:
        allowed.insert(0, refused[0])
    choices = (
        acts.read_choices(session, page.hazard.body_id, hazard_id=page.hazard.id, area_id=page.hazard.area_id)
        if allowed
        else acts.Choices((), ())
    )
    forms = []
    for each in allowed:
        if refused is not None and each is refused[0]:
            form = refused[1]
        else:
            form = acts.act_form(each, page.hazard, choices, seen=_last(page), sent=None)
        forms.append(
            {
                "act": each.value,
                "title": labels.act(each),
                "form": form,
                "fields": [name for name in acts.shown_fields(each) if name != "anew" or judges],
                "rule": rules.get(each.value),
                "open": refused is not None and each is refused[0],
                "kind": "good" if each in acts.CLOSING else "primary",
                "icon": ICONS.get(each),
                "short": str(SHORT.get(each) or labels.act(each)),
                "at_once": not acts.needed_fields(each) and refused is None,
            }
        )
    first = next_acts(page.hazard, allowed)
    return render_template(
        "staff/hazard.html",
        main_acts=[form for act in first for form in forms if form["act"] == act],
        other_acts=grouped(forms, first),
        **talk.with_talk(session, page, page_words(page, now()), forms),
        worker=worker_words(session, page.hazard),
        may_rule=page.hazard.settled and page.area is not None and actor().may(Permission.ARBITRATE),
        may_moderate=actor().may(Permission.MODERATE),
        **same_words(session, page.hazard),
        news=news or [],
        no_second=no_second,
        fix_doubt=_fix_doubt(page),
        device_helps=device_helps(session, page.hazard, actor()),
        contractor=contractor_words(session, page.hazard),
        parts=map_parts(Kind.HAZARD),
    )


def _fix_doubt(page: StaffHazard) -> str | None:
    """Why the fix that waits was not closed by its photos."""
    found = next((event.data.get("unproven") for event in page.events if event.kind == Act.REPORT_FIX), None)
    return labels_proof.doubt(found) if found else None


def where_next(code: str) -> str:
    """The hazard, unless it now belongs to somebody else."""
    with db() as session:
        try:
            visible_hazard(session, actor=actor(), reference=code)
        except HazardNotFound:
            return url_for(".index")
    return hazard_url(code)


def _last(page: StaffHazard) -> int:
    return max((event.id for event in page.events), default=0)
