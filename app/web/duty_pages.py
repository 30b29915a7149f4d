"""The pages of who is on duty, as the administrator keeps every list of them and a manager that of the own body.

What differs is whose list it is, who is let in (`@access` of the views) and the frame around it: `DutyPages` says that.
Turned down: one view for both, since audiences have doors of their own and a manager's knows no other body.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.actions.administration import duty as actions
from app.actions.administration.duty import DUTY
from app.actions.administration.record import fingerprint
from app.domain import errors
from app.i18n import gettext
from app.models import DutyContact
from app.queries.duty import contacts_of
from app.queries.escalation import acknowledge_within
from app.web import labels
from app.web.access import actor
from app.web.context import db, now
from app.web.duty_contacts import BESIDE, ContactForm, contact_facts, contact_form, contact_row
from app.web.forms import refuse, text

Rows = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class DutyPages:
    """`body_id`: whose list (None: the coordinator's), 404 for who may not. `contact_url`: of the contact's page.

    `list_page` is given the form, the rows and the minutes to answer; `contact_page` the form and the contact's name.
    """

    body_id: Callable[[Session], int | None]
    list_url: str
    contact_url: Callable[[int], str]
    list_page: Callable[[ContactForm, Rows, int], str]
    contact_page: Callable[[ContactForm, str], str]

    def listed(self) -> ResponseReturnValue:
        """The list in the order of the calls, and a form for one more."""
        form = contact_form(active=True)
        if not form.validate_on_submit():
            return self._list(form), 422 if form.errors else 200
        try:
            with db() as session:
                body_id = self.body_id(session)
                actions.add_contact(session, by=actor(), body_id=body_id, facts=contact_facts(form), now=now())
        except errors.DomainError as error:
            status = refuse(form, error, BESIDE)
            return self._list(form), status
        return self._saved(form)

    def one(self, contact: DutyContact) -> ResponseReturnValue:
        """Change one; whoever calls has looked whose it is."""
        now_is = DUTY.snapshot(contact)
        form = contact_form(**now_is, seen=fingerprint(now_is))
        if not form.validate_on_submit():
            return self.contact_page(form, now_is["name"]), 422 if form.errors else 200
        facts, seen = contact_facts(form), form.seen.data
        try:
            with db() as session:
                actions.edit_contact(session, by=actor(), contact_id=contact.id, facts=facts, seen=seen, now=now())
        except errors.DomainError as error:
            status = refuse(form, error, BESIDE)
            return self.contact_page(form, now_is["name"]), status
        return self._saved(form)

    def change(self, contact_id: int, act: Callable[..., None]) -> ResponseReturnValue:
        """Call one earlier, or take it away."""
        try:
            with db() as session:
                act(session, by=actor(), contact_id=contact_id, now=now())
        except errors.StillInUse:
            said = gettext("This contact was called before, so it stays in the history. Switch it off instead.")
            flash(said, "warning")
        except errors.DomainError as error:
            flash(labels.error(error), "warning")
        return redirect(self.list_url, 303)

    def _saved(self, form: ContactForm) -> ResponseReturnValue:
        flash(gettext("Saved: %(name)s", name=text(form.name.data)), "success")
        return redirect(self.list_url, 303)

    def _list(self, form: ContactForm) -> str:
        with db() as session:
            found = contacts_of(session, self.body_id(session))
            rows = [contact_row(each, self.contact_url(each.id)) for each in found]
            minutes = acknowledge_within(session) // timedelta(minutes=1)
        return self.list_page(form, rows, minutes)
