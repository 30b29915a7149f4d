"""The QR code of a receipt, as SVG in the page itself.

Decision: drawn while the page is made. The receipt stands behind the `#`, which no browser sends to a server. Turned
down: an image under an address of its own, since the receipt would then stand in that address.
"""

import segno
from flask import Flask
from markupsafe import Markup

from app.web.context import settings


def offer_qr(app: Flask) -> None:
    """`receipt_qr_svg(path)` for templates; see the macro in `public/receipt_qr.html`."""
    app.jinja_env.globals["receipt_qr_svg"] = receipt_qr_svg


def receipt_qr_svg(path: str) -> Markup:
    """Of `/receipt#…` on this server."""
    made = segno.make(settings().base_url + path, error="m", micro=False)
    drawn = made.svg_inline(scale=4, border=4, light="#fff", svgclass="qr", lineclass=None, omitsize=False)
    return Markup(drawn)  # noqa: S704 - numbers and paths of segno; the address is in the squares, not in the markup
