"""The forms of signing in and of one's own account."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from app.i18n import lazy_gettext as _
from app.web.forms import OurForm

REQUIRED = InputRequired(_("Please fill this in"))


class SignInForm(OurForm):
    """`next`: where the person was going; checked when it is used."""

    email = EmailField(_("E-mail"), [REQUIRED, Length(max=254, message=_("This is too long"))])
    password = PasswordField(_("Password"), [REQUIRED])
    next = HiddenField()


class PasswordForm(OurForm):
    """Change one's own password."""

    current = PasswordField(_("Your password now"), [REQUIRED])
    new = PasswordField(_("New password"), [REQUIRED])
