"""Two hazards side by side: are they one? Whoever may joins them, takes that back, or says that they are two.

Decision: a page of its own before anything moves, since the machine's "12 m away" is no proof and the photos are. The
act "mark as a duplicate" leads here, and so does confirming what a colleague has proposed. Which rule stands against it
is said before anybody tries. Turned down: a click in the list, by which the wrong manhole would be closed.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actions.hazards import subject_of
from app.actions.merged import shown, why_not
from app.actions.merging import call_different, merge_hazards, undo_merge
from app.domain.errors import ActNotAllowedNow, DomainError, HazardNotFound, MergeWouldHide, SameHazard
from app.domain.hazard import Status
from app.domain.lifecycle import Act, Given, act_in_fact, allowed_acts, check
from app.domain.merging import Side, needs_second_person, stays
from app.domain.permissions import Permission
from app.domain.references import parse_reference, show_reference
from app.i18n import gettext as _
from app.i18n import language
from app.models import Hazard
from app.queries.duplicates import metres_between
from app.queries.merges import root_of
from app.queries.proof import reported_since_look
from app.queries.staff import StaffHazard, hazard_for_staff, visible_hazard
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now, policy
from app.web.errors import status_of
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.sent import number_or_0, reference_or_404
from app.web.staff.same import may_join
from app.web.staff.words import hazard_url, page_words
from app.web.typed import keeps_typed

bp = Blueprint("merge", __name__, url_prefix="/staff")


@bp.get("/h/<reference>/merge/<other>")
@access(Permission.DISPATCH)
def compare(reference: str, other: str) -> ResponseReturnValue:
    """Both, and the form that joins them. A duplicate leads on to the hazard that it is part of."""
    one, two = reference_or_404(reference), reference_or_404(other)
    with db() as session:
        found = [visible_hazard(session, actor=actor(), reference=code) for code in (one, two)]
        roots = [root_of(session, hazard).reference for hazard in found]
        if roots != [one, two]:
            return redirect(_onwards(session, roots), 303)
        return _page(session, one, two)


def _onwards(session: Session, roots: list[str]) -> str:
    """Where the two lead that are duplicates of something: to each other, or to the one that both are part of."""
    if roots[0] == roots[1]:
        return hazard_url(roots[0])
    for code in roots:
        visible_hazard(session, actor=actor(), reference=code)
    one, two = (show_reference(code) for code in roots)
    return url_for("merge.compare", reference=one, other=two)


def _expired(reference: str, other: str) -> ResponseReturnValue:
    with db() as session:
        return _page(session, reference_or_404(reference), reference_or_404(other), said=labels.form_kept()), 403


@bp.post("/h/<reference>/merge/<other>")
@access(Permission.DISPATCH)
@keeps_typed(_expired)
def merge(reference: str, other: str) -> ResponseReturnValue:
    """Join the one that was not chosen to the one that stays."""
    one, two = reference_or_404(reference), reference_or_404(other)
    keep = request.form.get("keep", "")
    if keep not in {one, two} or one == two:
        abort(400)
    away = two if keep == one else one
    versions = (number_or_0(request.form.get(f"version_{away}")), number_or_0(request.form.get(f"version_{keep}")))
    try:
        with db() as session:
            joined = not merge_hazards(
                session, by=actor(), duplicate=away, into=keep, versions=versions,
                note=request.form.get("note", ""), policy=policy(), now=now(),
            ).is_open  # fmt: skip
    except HazardNotFound:
        abort(404)
    except DomainError as error:
        with db() as session:
            answer = _page(session, one, two, said=labels.error(error))
        return answer, status if (status := status_of(error)) == 409 else 422
    if not joined:
        flash(_("It is proposed. The hazard stays open until another person confirms this."), "warning")
        return redirect(hazard_url(away), 303)
    flash(_("The two hazards are one now. Reports, photos and followers have moved here."), "success")
    return redirect(hazard_url(keep), 303)


@bp.post("/h/<reference>/not-same/<other>")
@access(Permission.DISPATCH)
def different(reference: str, other: str) -> ResponseReturnValue:
    """No, it is another one: never suggested again."""
    code = reference_or_404(reference)
    with db() as session:
        call_different(session, by=actor(), one=code, other=reference_or_404(other), now=now())
    flash(_("These two are not suggested again."), "success")
    return redirect(hazard_url(code), 303)


@bp.post("/merges/<int:merge_id>/undo")
@access(Permission.DISPATCH)
def undo(merge_id: int) -> ResponseReturnValue:
    """Two hazards again; the page of the one that comes back."""
    with db() as session:
        code = undo_merge(session, by=actor(), merge_id=merge_id, policy=policy(), now=now()).reference
    flash(_("It is a hazard of its own again, with its reports, photos and clocks."), "success")
    return redirect(hazard_url(code), 303)


def comparison_url(session: Session, code: str, typed: str) -> str:
    """Where the act "mark as a duplicate" leads. Raises BadReference, SameHazard, HazardNotFound."""
    other = parse_reference(typed)
    if other == code:
        raise SameHazard()
    visible_hazard(session, actor=actor(), reference=other)
    return url_for("merge.compare", reference=show_reference(code), other=show_reference(other))


def proposed_into(session: Session, code: str) -> str | None:
    """The number of the fixed hazard that this one is said to be, for whoever sees the two."""
    hazard = visible_hazard(session, actor=actor(), reference=code)
    if hazard.proposed_into_id is None:
        return None
    return show_reference(session.get_one(Hazard, hazard.proposed_into_id).reference)


def _page(session: Session, one: str, two: str, *, said: str | None = None) -> str:
    pages = [hazard_for_staff(session, actor=actor(), reference=code, language=language()) for code in (one, two)]
    if one == two or not may_join(actor(), *(page.hazard.body_id for page in pages)):
        abort(404)
    refusals = [_refusal(session, *pages), _refusal(session, *pages[::-1])]
    can = [refusal is None for refusal in refusals]
    chosen = request.form.get("keep") or _default(session, pages, can)
    sides = [
        {**page_words(page, now()), "code": page.hazard.reference, "version": page.hazard.version,
         "refused": refusal and labels.error(refusal), "told": not isinstance(refusal, ActNotAllowedNow),
         "chosen": chosen == page.hazard.reference,
         "looks": reported_since_look(session, other.hazard, page.hazard) is not None,
         "people": page.hazard.reports, "second": needs_second_person(Status(page.hazard.status))}
        for page, other, refusal in zip(pages, pages[::-1], refusals, strict=True)
    ]  # fmt: skip
    for number, each in enumerate(sides, 1):
        each["number"] = number
    return render_template(
        "staff/merge.html", sides=sides, why=_why(session, *pages), said=said, note=request.form.get("note", ""),
        parts=map_parts(Kind.HAZARD), reference=show_reference(one), other=show_reference(two),
        proposal=_proposal(*pages) or _proposal(*pages[::-1]),
    )  # fmt: skip


def _refusal(session: Session, page: StaffHazard, other: StaffHazard) -> DomainError | None:
    """Why this one may not stay and the other be closed, or None."""
    kept, duplicate = page.hazard, other.hazard
    if (against := why_not(session, duplicate, kept)) is not None:
        return against
    given = Given(note="-", other_hazard_id=kept.id, other_is_closed=needs_second_person(Status(kept.status)))
    try:
        check(actor(), Act.MARK_DUPLICATE, subject_of(duplicate), given)
        act_in_fact(actor(), Act.MARK_DUPLICATE, subject_of(duplicate), given)
    except DomainError as refusal:
        return refusal
    hides = shown(session, duplicate) and not shown(session, kept)
    return MergeWouldHide() if hides else None


def _proposal(page: StaffHazard, other: StaffHazard) -> dict[str, Any] | None:
    """What waits for a second person: that `page` is the same as the fixed `other`."""
    if page.hazard.proposed_into_id != other.hazard.id:
        return None
    acts = allowed_acts(actor(), subject_of(page.hazard))
    said = [event for event in page.events if event.kind == Act.PROPOSE_DUPLICATE]
    return {
        "reference": show_reference(page.hazard.reference), "other": show_reference(other.hazard.reference),
        "version": page.hazard.version, "seen": max((event.id for event in page.events), default=0),
        "who": said[-1].who if said else None, "note": said[-1].note if said else "",
        "may_confirm": Act.CONFIRM_DUPLICATE in acts, "may_decline": Act.DECLINE_DUPLICATE in acts,
    }  # fmt: skip


def _default(session: Session, pages: list[StaffHazard], can: list[bool]) -> str:
    left = [page.hazard for page, possible in zip(pages, can, strict=True) if possible]
    if len(left) < 2:
        return left[0].reference if left else ""
    sides = {hazard.id: hazard for hazard in left}
    found = stays(*(
        Side(each.id, Status(each.status), shown(session, each), each.made_safe_at is not None, each.received_at)
        for each in left
    ))  # fmt: skip
    return sides[found.id].reference


def _why(session: Session, one: StaffHazard, two: StaffHazard) -> str:
    metres = round(metres_between(session, one.hazard.id, two.hazard.id))
    if one.kind.code == two.kind.code:
        return _("%(metres)s m from each other, the same kind", metres=metres)
    return _("%(metres)s m from each other, not the same kind", metres=metres)
