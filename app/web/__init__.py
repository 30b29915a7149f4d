"""The web door: `create_app(settings)` puts the application together, and that is all it does.

Blueprints stand in one explicit list; a view without an `@access` rule stops the start. Turned down: finding blueprints
by walking the package (nobody can then read what is served), and Flask's config as the place of our settings.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, send_from_directory
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from app import i18n
from app.config import Settings
from app.db import databases
from app.web import access, cookies, errors, languages, look, security, work_links
from app.web.access import PUBLIC
from app.web.admin import (  # noqa: F401  their views join the blueprint of the administration
    accounts,
    areas,
    bodies,
    calendar,
    coverage,
    dead_letters,
    escalation,
    history,
    reroute,
    rules,
    sections,
    types,
    webhook_hosts,
    what_if,
)
from app.web.admin import duty as admin_duty  # noqa: F401  as above
from app.web.admin.routes import bp as admin
from app.web.api.health import bp as health
from app.web.assets import STATIC
from app.web.auth import (  # noqa: F401  their views join the blueprint
    account,
    factors,
    links,
    notifications,
    routes,
    second_step,
)
from app.web.auth.common import bp as auth
from app.web.compress import compress_answers
from app.web.desk.held import bp as held
from app.web.desk.routes import bp as desk
from app.web.held import keep_held
from app.web.photos import keep_photos
from app.web.places import keep_geocoder
from app.web.public import (  # noqa: F401  their views join the public blueprint
    contractor,
    duty,
    feed,
    follow,
    followup,
    offline,
    qr,
    receipt,
    report,
    shapes,
    signpost,
    street,
)
from app.web.public.ground import bp as ground
from app.web.public.map_data import bp as map_data
from app.web.public.pages import bp as public
from app.web.public.search import bp as search
from app.web.public.shell import shell
from app.web.receipt_qr import offer_qr
from app.web.staff import (  # noqa: F401  their views join blueprints of the staff
    body_crews,
    body_duty,
    body_shifts,
    body_webhook,
    crew_send,
    inbox,
    patrol,
    photo_edit,
)
from app.web.staff.alarms import bp as alarms
from app.web.staff.body import bp as own_body
from app.web.staff.bulk import bp as bulk
from app.web.staff.colleagues import bp as colleagues
from app.web.staff.contractor import bp as contractors
from app.web.staff.crew import bp as crew
from app.web.staff.export import bp as export
from app.web.staff.hand_over import bp as hand_over
from app.web.staff.hold import bp as hold
from app.web.staff.merge import bp as merge
from app.web.staff.moderation import bp as moderation
from app.web.staff.owners import bp as owners
from app.web.staff.reply_templates import bp as reply_templates
from app.web.staff.root_causes import bp as root_causes
from app.web.staff.routes import bp as staff
from app.web.staff.talk_routes import bp as talk
from app.web.vault import keep_vault
from app.web.words import Missing

TEMPLATES = Path(__file__).parents[2] / "templates"
MEGABYTE = 1024 * 1024

BLUEPRINTS: tuple[Blueprint, ...] = (
    health,
    auth,
    public,
    ground,
    map_data,
    search,
    shell,
    staff,
    crew,
    contractors,
    talk,
    reply_templates,
    own_body,
    hand_over,
    bulk,
    export,
    moderation,
    hold,
    owners,
    alarms,
    merge,
    root_causes,
    colleagues,
    desk,
    held,
    admin,
)


def create_app(settings: Settings) -> Flask:
    """The whole application. Raises SettingsError without a good secret or the vault's key, RuntimeError for a view
    without a rule.
    """
    app = Flask("app.web", template_folder=str(TEMPLATES), static_folder=None)
    app.jinja_options = {"undefined": Missing}
    i18n.load()
    app.extensions["qauip"] = databases(settings, application_name="qauip web")
    app.extensions["qauip_settings"] = settings
    _configure(app, settings)
    compress_answers(app)
    cookies.configure_cookies(app, settings)
    look.dress(app, default_language=settings.default_language)
    errors.answer_errors(app)
    security.secure(app, settings)
    access.guard(app)
    languages.speak(app, settings)
    work_links.offer(app)
    keep_photos(app, settings)
    keep_geocoder(app, settings)
    keep_vault(app, settings)
    offer_qr(app)
    keep_held(app)
    app.add_url_rule("/static/<path:filename>", "static", static)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _behind_proxies(app, settings.trusted_proxies)
    access.check_every_view(app)
    return app


@access.access(PUBLIC)
def static(filename: str) -> ResponseReturnValue:
    """A file of ours; `assets.py` says how long it may be kept."""
    return send_from_directory(STATIC, filename)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.require_secret(),
        MAX_CONTENT_LENGTH=settings.max_body_mb * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=MEGABYTE,
        MAX_FORM_PARTS=200,
        PREFERRED_URL_SCHEME="https" if settings.secure else "http",
        TRUSTED_HOSTS=settings.trusted_hosts if settings.secure else None,
    )


def _behind_proxies(app: Flask, count: int) -> None:
    """Believe exactly `count` proxies in front; none is the default, and then no such header is believed."""
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
