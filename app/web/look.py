"""What every template may say: `_()`, `asset()`, `to()`, dates and numbers in the page's language.

`dress(app)` is called once by `create_app()`. Templates then have:

* `_`, `ngettext`, `pgettext` (Jinja's i18n extension, "newstyle": values by name);
* `asset("css/app.css")`, the hashed address of a static file;
* `to("/report")`, the address of one of our pages in the page's language; unlike `url_for` it cannot fail,
  so that the error pages and the frame of every page may use it;
* `language()`, and `language_links`: the same page in each language, under `home_url` for other servers;
* filters `day`, `datetime`, `clock`, `month`, `number`.

Turned down: reading the language from a cookie or header. It is the first step of the address, or absent.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, request

from app import i18n
from app.web.address import own_path, own_query
from app.web.assets import asset, cache_assets
from app.web.context import settings


def to(path: str) -> str:
    """`path` under the prefix of the language in use, e.g. "/ru/report"."""
    root = request.script_root if has_request_context() else ""
    return f"{root}{path}"


def language_links(default: str) -> list[dict[str, str]]:
    """The address of this very page in each language, the default one without a prefix."""
    rest = own_path() + own_query()
    prefixes = {code: "" if code == default else f"/{code}" for code in i18n.LANGUAGES}
    return [
        {"code": code, "url": f"{prefix}{rest}", "receipt_url": f"{prefix}/receipt"}
        for code, prefix in prefixes.items()
    ]


def dress(app: Flask, *, default_language: str = i18n.DEFAULT) -> None:
    """Give the templates of `app` their words and addresses."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    install: Any = env.install_gettext_callables  # type: ignore[attr-defined] # comes with the extension
    install(i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext)
    env.globals.update(asset=asset, to=to, language=i18n.language, language_names=i18n.NAMES)
    env.globals.update(language_short_names=i18n.SHORT_NAMES)
    env.filters.update(
        asset_url=asset,
        day=i18n.format_day,
        datetime=i18n.format_datetime,
        clock=i18n.format_time,
        month=i18n.format_month,
        number=i18n.format_number,
    )
    cache_assets(app)

    @app.context_processor
    def links() -> dict[str, object]:
        if not has_request_context():
            return {}
        return {"language_links": language_links(default_language), "home_url": settings().base_url.rstrip("/")}
