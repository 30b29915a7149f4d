"""What the form library says by itself is said in the page's language."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import DateField, DecimalField, SelectField

from app import i18n
from app.web.forms import OurForm


class Sample(OurForm):
    day = DateField()
    kind = SelectField(choices=["a"])
    number = DecimalField()


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_refusal_of_the_library_is_in_english(app: Flask, language: str) -> None:
    with app.test_request_context("/"), i18n.speaking(language):
        form = Sample(MultiDict({"day": "soon", "kind": "b", "number": "x"}), meta={"csrf": False})
        form.validate()
        assert set(form.errors) == {"day", "kind", "number"}
        assert all(ord(error[0]) > 1000 for errors in form.errors.values() for error in errors)
