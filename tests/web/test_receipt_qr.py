"""The receipt as a QR code: drawn into the page, and in no address that a server sees."""

from defusedxml import ElementTree
from flask import Flask

from app.web.receipt_qr import receipt_qr_svg

RECEIPT = "ABCDE-FGHJK-MNPQR-STVWX-YZ234-56"


def test_the_code_is_svg_without_style_or_script_and_says_no_receipt(app: Flask) -> None:
    with app.test_request_context("/receipt"):
        drawn = receipt_qr_svg(f"/ru/receipt#{RECEIPT}")
    picture = ElementTree.fromstring(drawn)
    assert picture.tag.endswith("svg")
    assert "style" not in drawn
    assert RECEIPT not in drawn
