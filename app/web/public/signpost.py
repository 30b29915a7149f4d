"""`/help`: for somebody who is hurt by a person. Calm words, big numbers, and a quick way out.

Decision: nothing is asked, stored or sent here; a page that took words in would have to promise to read them at once.
The way out leads to `/away` on this very server: an empty page with the day's date. A weather or search site was turned
down: it would learn from where the visitor comes (or at least when), it may be blocked or slow on a bad network, and
our CSP need not name it. The page leaves through `location.replace`, so that the Back button does not lead here; what
the browser wrote into its list of visited pages no site can take out, and the page says so. The script also tells the
browser's cache nothing new: `no-store` stands on both pages. The service worker keeps `/help` all the same, on every
device and in all languages, opened or not: it must open without a network, and tells nothing of who opened it. The
titles name neither violence nor help.
"""

from __future__ import annotations

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from app.i18n import format_day
from app.web.access import PUBLIC, access
from app.web.context import now, policy
from app.web.public.pages import bp


@bp.get("/help")
@access(PUBLIC)
def help_() -> ResponseReturnValue:
    """The numbers to call, what happens then, and the way out."""
    return _kept_by_nobody(render_template("public/help.html"))


@bp.get("/away")
@access(PUBLIC)
def away() -> ResponseReturnValue:
    """A harmless page to be found on by whoever looks over a shoulder."""
    return _kept_by_nobody(render_template("public/away.html", today=format_day(policy().day(now()))))


def _kept_by_nobody(page: str) -> ResponseReturnValue:
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
