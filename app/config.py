"""Settings: the environment, read once into a frozen object that the doors hand on.

Decision: plain environment variables and a dataclass. Turned down: pydantic-settings (a framework for thirty
strings), and Flask's config object (anybody can change it at run time; worker and command line have none).
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy.engine import make_url

from app.database_urls import SettingsError, database_urls
from app.domain.geo import KAZAKHSTAN
from app.domain.ladder import Ladder
from app.domain.permissions import Role
from app.domain.policy import Policy
from app.domain.severity import Weights, read_weights
from app.domain.signs import Signs, read_signs

__all__ = ["Settings", "SettingsError", "public_key_file"]
OSM_TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
OSM_ATTRIBUTION = "© OpenStreetMap contributors"
SEVERITY = Path(__file__).parents[1] / "data" / "severity.yaml"
VIOLENCE = SEVERITY.with_name("violence.yaml")
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.notify.windows.com",
    "web.push.apple.com",
)
"""The services of the browsers: nobody else is ever sent a push message (decisions §32)."""
SECRET_MIN_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. URLs are SQLAlchemy's (`postgresql+psycopg://`); `map_center` is longitude, latitude."""

    database_url: str = field(repr=False)
    owner_database_url: str = field(repr=False)
    public_database_url: str = field(repr=False)
    desk_database_url: str = field(repr=False)
    private_cluster: bool
    var: Path
    port: int
    base_url: str
    secret_key: str = field(repr=False)
    old_secret_keys: tuple[str, ...] = field(default=(), repr=False, kw_only=True)
    second_factor_roles: frozenset[Role] = field(default=frozenset(), kw_only=True)
    demo: bool
    photo_dir: Path
    vault_key_file: Path
    vault_public_key: str = ""
    desk_email: str = ""
    push_key_file: Path = Path("var/push_key")
    push_hosts: tuple[str, ...] = PUSH_HOSTS
    sms_url: str = field(default="", repr=False)
    sms_token: str = field(default="", repr=False)
    webhook_test_hosts: tuple[str, ...] = ()
    photo_store: str = ""
    photo_store_endpoint: str = ""
    geocoder_url: str = ""
    geocoder_kind: str = "nominatim"
    tile_url: str = ""
    tile_attribution: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "qauip@localhost"
    default_language: str = "kk"
    languages: tuple[str, ...] = ("kk", "ru", "en")
    timezone: str = "Asia/Almaty"
    nearest_tolerance_m: float = 250.0
    made_safe_hours: int = 72
    owner_hours: int = 72
    undo_merge_days: int = 30
    repeat_within_days: int = 365
    root_cause_after: int = 3
    answer_days: int = 5
    fix_proof_m: float = 150.0
    map_center: tuple[float, float] = (76.93, 43.24)
    map_zoom: int = 12
    pool_size: int = 5
    public_pool_size: int = 5
    public_statement_timeout_ms: int = 500
    max_body_mb: int = 70
    trusted_proxies: int = 0
    service_worker: bool = True
    ladder: Ladder = field(default_factory=Ladder)

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment. Raises SettingsError with one sentence."""
        env = os.environ if env is None else env
        var = Path(env.get("QAUIP_VAR") or "var").absolute()
        port = _whole(env, "PORT", 8000)
        demo = env.get("QAUIP_DEMO") == "1"
        private = not env.get("DATABASE_URL")
        urls = database_urls(env, var)
        tile_url = env.get("TILE_URL", OSM_TILES if demo else "")
        return cls(
            database_url=urls["database_url"],
            owner_database_url=urls["owner_database_url"],
            public_database_url=urls["public_database_url"],
            desk_database_url=urls["desk_database_url"],
            private_cluster=private,
            var=var,
            port=port,
            base_url=(env.get("BASE_URL") or f"http://localhost:{port}").rstrip("/"),
            secret_key=env.get("SECRET_KEY") or (_kept(var / "secret_key") if demo or private else ""),
            old_secret_keys=tuple(env.get("SECRET_KEY_FALLBACKS", "").split()),
            second_factor_roles=_roles(env, "REQUIRE_SECOND_FACTOR"),
            demo=demo,
            photo_dir=Path(env.get("PHOTO_DIR") or var / "photos").absolute(),
            photo_store=_bucket(env),
            photo_store_endpoint=env.get("PHOTO_STORE_ENDPOINT", ""),
            vault_key_file=Path(env.get("VAULT_KEY_FILE") or var / "vault" / "keys").absolute(),
            vault_public_key=env.get("VAULT_PUBLIC_KEY") or _kept(public_key_file(var)),
            push_key_file=Path(env.get("PUSH_KEY_FILE") or var / "push_key").absolute(),
            push_hosts=tuple((env.get("PUSH_HOSTS") or " ".join(PUSH_HOSTS)).split()),
            sms_url=_web(env, "SMS_URL"),
            sms_token=env.get("SMS_TOKEN", ""),
            webhook_test_hosts=tuple(env.get("WEBHOOK_TEST_HOSTS", "").split()),
            desk_email=env.get("DESK_EMAIL") or ("desk@localhost" if demo else ""),
            geocoder_url=env.get("GEOCODER_URL", ""),
            geocoder_kind=env.get("GEOCODER_KIND") or "nominatim",
            tile_url=tile_url,
            tile_attribution=env.get("TILE_ATTRIBUTION", OSM_ATTRIBUTION if tile_url == OSM_TILES else ""),
            service_worker=env.get("SERVICE_WORKER") != "off",
            smtp_url=env.get("SMTP_URL", ""),
            mail_from=env.get("MAIL_FROM") or "qauip@localhost",
            nearest_tolerance_m=_number(env, "NEAREST_TOLERANCE_M", 250.0),
            made_safe_hours=_whole(env, "MADE_SAFE_HOURS", 72),
            owner_hours=_whole(env, "OWNER_HOURS", 72),
            undo_merge_days=_whole(env, "UNDO_MERGE_DAYS", 30),
            repeat_within_days=_whole(env, "REPEAT_WITHIN_DAYS", 365),
            root_cause_after=_whole(env, "ROOT_CAUSE_AFTER", 3),
            answer_days=_whole(env, "ANSWER_DAYS", 5),
            fix_proof_m=_number(env, "FIX_PROOF_M", 150.0),
            map_center=_lon_lat(env, "MAP_CENTER", (76.93, 43.24)),
            map_zoom=_whole(env, "MAP_ZOOM", 12),
            pool_size=_whole(env, "DATABASE_POOL_SIZE", 5),
            public_pool_size=_whole(env, "PUBLIC_DATABASE_POOL_SIZE", 5),
            public_statement_timeout_ms=_whole(env, "PUBLIC_STATEMENT_TIMEOUT_MS", 500),
            max_body_mb=_whole(env, "MAX_BODY_MB", 70),
            trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0),
            ladder=Ladder(
                straight=_whole(env, "INTAKE_STRAIGHT", Ladder.straight),
                most=_whole(env, "INTAKE_MOST", Ladder.most),
                brake=_whole(env, "INTAKE_BRAKE", Ladder.brake),
            ),
        )

    @property
    def secure(self) -> bool:
        """Cookies are Secure, and named `__Host-…`, only where the base URL is https."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def trusted_hosts(self) -> list[str]:
        """Names under which this server may be asked: the base URL's, and its own for probes of its health."""
        return [urlsplit(self.base_url).hostname or "localhost", "localhost", "127.0.0.1"]

    @property
    def database_name(self) -> str:
        """The roles are named after it."""
        return make_url(self.owner_database_url).database or "qauip"

    @property
    def policy(self) -> Policy:
        """The settings that rules need; the key of receipts is derived, so that one secret serves."""
        return Policy(
            receipt_key=hmac.digest(self.secret_key.encode(), b"receipt", "sha256"),
            timezone=ZoneInfo(self.timezone),
            tolerance_m=self.nearest_tolerance_m,
            bounds=KAZAKHSTAN,
            made_safe_lasts=timedelta(hours=self.made_safe_hours),
            owner_within=timedelta(hours=self.owner_hours),
            undo_merge_within=timedelta(days=self.undo_merge_days),
            repeat_within=timedelta(days=self.repeat_within_days),
            root_cause_after=self.root_cause_after,
            answer_within=timedelta(days=self.answer_days),
            fix_proof_m=self.fix_proof_m or None,
            weights=_weights(),
            signs=_signs(),
        )

    def require_secret(self) -> str:
        """The secret key, or SettingsError where it is missing, short or a well-known default."""
        if len(self.secret_key) < SECRET_MIN_LENGTH or len(set(self.secret_key)) < SECRET_MIN_LENGTH // 4:
            raise SettingsError(
                f"SECRET_KEY must be at least {SECRET_MIN_LENGTH} random characters; make one with: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return self.secret_key

    def require_vault_key(self) -> str:
        """The public key of the vault, or SettingsError: without it no report of violence could be taken in."""
        if not self.vault_public_key:
            raise SettingsError(
                "VAULT_PUBLIC_KEY is missing: make the keys of the vault with `qauip vault make-key`, which prints it"
            )
        return self.vault_public_key


@cache
def _weights() -> Weights:
    """Of the severity's circumstances, read once a process."""
    return read_weights(yaml.safe_load(SEVERITY.read_text("utf-8")))


@cache
def _signs() -> Signs:
    """Of violence in a text, read once a process."""
    return read_signs(yaml.safe_load(VIOLENCE.read_text("utf-8")))


def public_key_file(var: Path) -> Path:
    """Where the vault's public key lies, unless VAULT_PUBLIC_KEY says it."""
    return var / "vault" / "public"


def _bucket(env: Mapping[str, str]) -> str:
    """`s3://bucket/prefix`, or "" for the folder."""
    place = env.get("PHOTO_STORE", "")
    if place and not (place.startswith("s3://") and urlsplit(place).netloc):
        raise SettingsError(f"PHOTO_STORE must be like s3://bucket/prefix, or empty for PHOTO_DIR, not {place!r}.")
    return place


def _kept(path: Path) -> str:
    return path.read_text().strip() if path.is_file() else ""


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdigit():
        raise SettingsError(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def _web(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if value and not (urlsplit(value).scheme in {"http", "https"} and urlsplit(value).hostname):
        raise SettingsError(f"{name} must be an address like https://host/path.")
    return value


def _roles(env: Mapping[str, str], name: str) -> frozenset[Role]:
    """Roles by their codes, with spaces or commas between them."""
    try:
        return frozenset(Role(word) for word in env.get(name, "").replace(",", " ").split())
    except ValueError as error:
        raise SettingsError(f"{name} must list roles like: administrator operator; {error}.") from error


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(env.get(name) or default)
    except ValueError as error:
        raise SettingsError(f"{name} must be a number, not {env[name]!r}.") from error


def _lon_lat(env: Mapping[str, str], name: str, default: tuple[float, float]) -> tuple[float, float]:
    if not env.get(name):
        return default
    try:
        lon, lat = (float(part) for part in env[name].split(","))
    except ValueError as error:
        raise SettingsError(f"{name} must be longitude,latitude, not {env[name]!r}.") from error
    return lon, lat
