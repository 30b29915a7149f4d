"""The forms of signing in and of one's own account."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length

from app.actions.passkeys import NAME_LENGTH
from app.i18n import NAMES
from app.i18n import lazy_gettext as _
from app.web.forms import OurForm

REQUIRED = InputRequired(_("Please fill this in"))
SHORT = Length(max=254, message=_("This is too long"))
EMAIL = Email(_("This is not an e-mail address."))


class SignInForm(OurForm):
    """`next`: where the person was going; checked when it is used."""

    email = EmailField(_("E-mail"), [REQUIRED, SHORT])
    password = PasswordField(_("Password"), [REQUIRED])
    next = HiddenField()


class CodeForm(OurForm):
    """The second step: six digits of the app, or a recovery code."""

    code = StringField(_("Code"), [REQUIRED, Length(max=60, message=_("This is too long"))])
    next = HiddenField()


class PasskeyForm(OurForm):
    """What the browser answers, put in by script."""

    credential = HiddenField()
    next = HiddenField()


class PasswordForm(OurForm):
    """Change one's own password."""

    current = PasswordField(_("Your password now"), [REQUIRED])
    new = PasswordField(_("New password"), [REQUIRED])


class EmailForm(OurForm):
    """Change one's own address."""

    email = EmailField(_("New e-mail"), [REQUIRED, SHORT, EMAIL])
    password = PasswordField(_("Your password now"), [REQUIRED])


class LanguageForm(OurForm):
    """Of one's own letters."""

    language = SelectField(_("Language of the letters"), choices=[])

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.language.choices = [*NAMES.items()]


class ForgotForm(OurForm):
    """Ask for a letter."""

    email = EmailField(_("E-mail"), [REQUIRED, SHORT])


class ChooseForm(OurForm):
    """Choose a password by a link."""

    new = PasswordField(_("New password"), [REQUIRED])


class NewPasskeyForm(OurForm):
    """Make a passkey: the password is asked for first, `credential` is what the browser answers."""

    name = StringField(_("Name of the passkey"), [REQUIRED, Length(max=NAME_LENGTH, message=_("This is too long"))])
    password = PasswordField(_("Your password now"))
    credential = HiddenField()
