"""Reports by phone. The page with the receipt is the answer to the form itself: a secret is kept in no cookie and
in no address, so it is not shown again. Turned down: a redirect, which needs one of the two.
"""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.hazard import Channel
from app.domain.permissions import Permission
from app.domain.references import show_receipt, show_reference
from app.web import labels
from app.web.access import access
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.report_form import LogForm, log_form, log_hazard
from app.web.security import with_tiles
from app.web.typed import keeps_typed

bp = Blueprint("desk", __name__, url_prefix="/desk")


def _expired() -> ResponseReturnValue:
    form = log_form()
    form.form_errors = [labels.form_kept(photos=False)]
    return _page(form), 403


@bp.route("/", methods=["GET", "POST"])
@access(Permission.LOG_PHONE_REPORT)
@with_tiles
@keeps_typed(_expired)
def index() -> ResponseReturnValue:
    """Log what a caller says; then the number and the receipt, to be read aloud."""
    form = log_form()
    if not form.validate_on_submit():
        return _page(form), 422 if form.errors else 200
    try:
        made = log_hazard(form, Channel.PHONE)
    except DomainError as error:
        form.form_errors = [labels.error(error)]
        return _page(form), 422
    return render_template(
        "desk/logged.html",
        reference=show_reference(made.reference),
        receipt=show_receipt(made.receipt) if made.receipt else None,
    )


def _page(form: LogForm) -> str:
    return render_template("desk/index.html", form=form, parts=map_parts(Kind.PICK))
