"""One act on many hazards: choose the act, see what would be done, do it once, read what became of each.

Decision: three forms one after the other that carry the rows with the versions that were seen, so that it works without
a script, and a row that somebody changed meanwhile is refused and not overwritten. Turned down: keeping the selection
on the server, which would outlive the page it was made on.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actions.bulk import BULK_ACTS, MAX_ROWS, Chosen, Order, act_on_many
from app.domain.errors import DomainError, NothingChosen, TooManyRows
from app.domain.lifecycle import Act, Given
from app.domain.permissions import Permission
from app.i18n import gettext as _
from app.models import Hazard
from app.queries.bulk import run_of
from app.web import labels
from app.web.access import access, actor
from app.web.context import db, now, policy
from app.web.staff import acts, bulk_rows
from app.web.typed import keeps_typed

bp = Blueprint("bulk", __name__, url_prefix="/staff/bulk")
SEES = (Permission.SEE_BODY_HAZARDS, Permission.SEE_ALL_HAZARDS)
SHOWN = 10
"""Rows that a page shows at once; the others stand in a fold."""


def _expired() -> ResponseReturnValue:
    return _step(sentence=labels.form_kept(), act=_act_asked(), expired=True), 403


@bp.post("")
@access(*SEES)
@keeps_typed(_expired)
def step() -> ResponseReturnValue:
    """The next step: which act, then its form, then the doing."""
    wanted = _act_asked()
    try:
        if wanted is not None and request.form.get("do"):
            return _do(wanted)
        return _step(act=wanted)
    except (NothingChosen, TooManyRows) as refusal:
        return render_template("staff/bulk_none.html", sentence=labels.error(refusal)), 422


@bp.get("/<key>")
@access(*SEES)
def result(key: str) -> ResponseReturnValue:
    """What became of each row; only for whoever did it."""
    with db() as session:
        run = run_of(session, actor=actor(), key=key[:64]) or abort(404)
        rows = bulk_rows.results(session, actor(), run)
    refused = [row for row in rows if not row["done"]]
    return render_template(
        "staff/bulk_result.html",
        act=run.act,
        title=labels.act(Act(run.act)),
        done=[row for row in rows if row["done"]],
        refused=refused,
        again=" ".join(row["retry"] for row in refused if row["retry"]),
    )


def _act_asked() -> Act | None:
    asked = request.form.get("act", "")
    return Act(asked) if asked in set(BULK_ACTS) else None


def _step(*, act: Act | None, form: acts.ActForm | None = None, sentence: str = "", expired: bool = False) -> str:
    """The page of the first or the second step; `form`: one that was refused."""
    with db() as session:
        chosen, more = bulk_rows.chosen_of(session, request.form, actor())
        common: dict[str, Any] = {
            "total": len(chosen),
            "more": more,
            "limit": MAX_ROWS,
            "shown": SHOWN,
            "rows": bulk_rows.rows_of(session, actor(), chosen, act),
            "joined": bulk_rows.joined(chosen),
            "sentence": sentence,
        }
        if act is None:
            possible = bulk_rows.possible(session, actor(), chosen)
            offered = [{"act": each.value, "title": labels.act(each), "count": n} for each, n in possible.items()]
            export_url = url_for("export.export", ref=[each.reference for each in chosen])
            return render_template("staff/bulk.html", acts=offered, export_url=export_url, **common)
        form = form or _form(session, act, chosen, sent=request.form if expired or request.form.get("do") else None)
    return render_template(
        "staff/bulk_act.html",
        act=act.value,
        title=labels.act(act),
        form=form,
        fields=acts.shown_fields(act),
        key=_key(),
        may=sum(row.refusal is None for row in common["rows"]),
        **common,
    )


def _do(act: Act) -> ResponseReturnValue:
    with db() as session:
        chosen, _more = bulk_rows.chosen_of(session, request.form, actor())
        form = _form(session, act, chosen, sent=request.form)
        sound = form.validate()
        missing = _missing(form, act) if sound else ""
        given = acts.given_by(form, session, _any_hazard(None)) if sound else Given()
    if not sound or missing:
        return _step(act=act, form=form, sentence=missing), 422
    order = Order(act, given, bool(form.public.data))
    try:
        with db() as session:
            run = act_on_many(session, by=actor(), key=_key(), order=order, chosen=chosen, policy=policy(), now=now())
    except DomainError as refusal:
        return _step(act=act, form=form, sentence=labels.error(refusal)), 422
    return redirect(url_for(".result", key=run.key), 303)


def _form(session: Session, act: Act, chosen: list[Chosen], *, sent: Any) -> acts.ActForm:
    """The act's own form; crews and people are offered where one body answers for all rows."""
    body_id = bulk_rows.common_body(session, actor(), chosen)
    return acts.act_form(act, _any_hazard(body_id), acts.read_choices(session, body_id), seen=0, sent=sent)


def _any_hazard(body_id: int | None) -> Hazard:
    """What the form of an act asks for, where it is about many: one of this body, that nobody keeps."""
    return Hazard(id=0, body_id=body_id, version=0)


def _missing(form: acts.ActForm, act: Act) -> str:
    """A sentence where a field that every row needs is empty: better once here than at each row."""
    empty = [name for name in acts.needed_fields(act) if not form[name].data]
    return _("Fill in: %(fields)s", fields=", ".join(str(form[name].label.text) for name in empty)) if empty else ""


def _key() -> str:
    """The one-time key of this form."""
    return request.form.get("key", "")[:64] or secrets.token_urlsafe(24)
