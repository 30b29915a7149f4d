"""What the web server loads: the application behind the middleware that takes whole bodies only."""

from __future__ import annotations

from app.config import Settings
from app.logs import configure_logs
from app.web import MEGABYTE, create_app
from app.web.middleware import WholeBody

settings = Settings.from_env()
settings.require_secret()
configure_logs()
application = create_app(settings).wsgi_app
app = WholeBody(application, limit=settings.max_body_mb * MEGABYTE, say=application)
