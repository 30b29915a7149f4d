"""What the web server loads: the application behind the middleware that takes whole bodies only."""

from __future__ import annotations

from app.config import Settings
from app.logs import configure_logs
from app.web import create_app
from app.web.middleware import WholeBody

settings = Settings.from_env()
settings.require_secret()
configure_logs()
app = WholeBody(create_app(settings).wsgi_app, limit=settings.max_body_mb * 1024 * 1024)
