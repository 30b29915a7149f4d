"""What works without a network: the service worker, the pages it keeps, and "My reports" of this device.

Decision: `/sw.js` is short, written for each process: a version made of the hashes of the kept files, and their list;
the behaviour stands in `static/js/worker.js`, a module it imports. A change of any file changes the version, so the
browser takes the new worker and drops the old caches. `SERVICE_WORKER=off` serves one that deletes its caches and
unregisters itself: the way out of a bad release. Turned down: Workbox (a build step, for few rules).

The pages kept are without cookie and token, and alike for everybody; a report made from them is sent by script.
"""

from __future__ import annotations

import hashlib
import json

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.i18n import LANGUAGES, language, speaking
from app.i18n import gettext as _
from app.web.access import PUBLIC, access
from app.web.assets import STATIC, asset
from app.web.context import settings
from app.web.map_kinds import Kind
from app.web.map_parts import map_parts
from app.web.public.pages import bp
from app.web.public.report import ReportForm, _page

PAGES_STYLES = tuple(f"css/{name}.css" for name in ("app", "hazards", "map", "report", "search", "my", "crew"))
PICTURES = ("icons.svg", "favicon.svg", "icon-192.png")
WITHOUT_USE = frozenset({"held.js", "keys.js", "moderation.js", "region.js"})
ICON = {"sizes": "192x192", "type": "image/png", "src": "/static/icon-192.png"}
OFF = """self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))
    .then(() => self.registration.unregister())));
"""


@bp.get("/sw.js")
@access(PUBLIC)
def service_worker() -> Response:
    """The service worker; asked for anew each time a page is opened."""
    script = _worker() if settings().service_worker else OFF
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@bp.get("/my")
@access(PUBLIC)
def my_reports() -> ResponseReturnValue:
    """The frame of "My reports"; what stands in it is known to the device only."""
    return render_template("public/my.html")


@bp.get("/offline")
@access(PUBLIC)
def offline() -> ResponseReturnValue:
    """Shown by the service worker in place of a page that it does not have."""
    return render_template("public/offline.html")


@bp.get("/manifest.webmanifest")
@access(PUBLIC)
def manifest() -> Response:
    """How the site looks as an installed application, in the language of the page it was installed from."""
    root = request.script_root
    icon = {"sizes": "512x512", "type": "image/png", "src": "/static/icon-512.png"}
    report = {"name": _("Report a hazard"), "url": f"{root}/report", "icons": [{**ICON, "sizes": "192x192"}]}
    said = {
        "id": "/",
        "name": _("Hazard map"),
        "short_name": _("Hazard map"),
        "lang": language(),
        "start_url": f"{root}/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f4f7f6",
        "theme_color": "#0b4a45",
        "icons": [{**ICON, "purpose": "any"}, {**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
        "shortcuts": [report],
    }
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(json.dumps(said, ensure_ascii=False), mimetype="application/manifest+json", headers=headers)


@bp.get("/report/offline")
@access(PUBLIC)
def report_offline() -> ResponseReturnValue:
    """The form without token and cookie, for the service worker to keep."""
    form = ReportForm(formdata=None, meta={"csrf": False})
    form.csrf_token = ""  # type: ignore[attr-defined]  # its place in the page stays empty, and no cookie is set
    return _page(form)


def _worker() -> str:
    files = [*_static_files(), *_map_scripts()]
    version = hashlib.sha256("".join(f"{path}{_hash(path)}" for path in files).encode()).hexdigest()[:12]
    call = json.dumps({"version": version, "files": files, "sent": _sent_words()}, ensure_ascii=False)
    return f'import {{ serve }} from "/static/js/worker.js";\nserve({call});\n'


def _sent_words() -> dict[str, dict[str, str]]:
    """What a message says of a report that went by itself, by the root of each language's addresses."""
    said = {}
    for code in LANGUAGES:
        with speaking(code):
            root = "" if code == settings().default_language else f"/{code}"
            said[root] = {"title": _("Your report was sent"), "body": _("The receipt is in “My reports”.")}
    return said


def _static_files() -> list[str]:
    """Modules import each other without a hash, so they are kept by their plain address."""
    modules = [path for path in sorted((STATIC / "js").rglob("*.js")) if path.name not in WITHOUT_USE]
    plain = [f"/static/{path.relative_to(STATIC).as_posix()}" for path in modules]
    vendor = [url for kind in (Kind.BROWSE, Kind.PICK) for url in (*map_parts(kind).css, *map_parts(kind).js)]
    hashed = [asset(name) for name in dict.fromkeys((*PAGES_STYLES, *vendor, *PICTURES))]
    entries = [asset(path.relative_to(STATIC).as_posix()) for path in modules if path.parent.name == "js"]
    return [*plain, *hashed, *entries]


def _map_scripts() -> list[str]:
    return [map_parts(kind, language).url for kind in (Kind.BROWSE, Kind.PICK) for language in LANGUAGES]


def _hash(url: str) -> str:
    """Of a plain address: the hash of its file; other addresses carry theirs."""
    return "" if "?" in url or not url.startswith("/static/") else asset(url.removeprefix("/static/"))
