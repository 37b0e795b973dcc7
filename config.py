"""Settings: each is read here, once, from the environment, and checked before anything starts.

`docs/settings.md` lists them for those who run Roundtable. What a single command needs, its own help says.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import click

ROOT = Path(__file__).resolve().parent
WEAK_SECRETS = {"", "dev", "secret", "changeme", "change-me", "default", "password"}
SHORTEST_SECRET, FEWEST_LETTERS = 32, 10


class SettingsError(click.ClickException):
    """A setting is missing or cannot be used; the text says which and what to do. Commands show it as it is."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one installation is told from outside. Times in seconds unless named otherwise."""

    environment: str
    instance_path: Path
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)
    base_url: str = "http://127.0.0.1:8000"
    instance_name: str = "Roundtable"
    support_address: str = "secretariat@example.org"
    languages: tuple[str, ...] = ("en", "fr")
    default_language: str = "en"
    default_time_zone: str = "Europe/Brussels"
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "Roundtable <no-reply@example.org>"
    mail_lease: int = 300
    mail_kept_days: int = 90
    seats_member: int = 2
    """Seats that a new group grants each association, by its status; 0: by invitation."""
    seats_associate: int = 1
    seats_partner: int = 0
    term_months: int = 36
    """How long a mandate in a new group lasts; 0: without end."""
    renewal_days: int = 60
    grace_days: int = 30
    invitation_days: int = 30
    reminder_days: int = 7
    escalation_days: int = 21
    pause: tuple[str, str] | None = ("08-01", "08-31")
    """First and last day (MM-DD) of the weeks in which nobody is reminded of anything."""
    erasure_pause_days: int = 14
    """Days in which someone who asked for erasure can think better of it."""
    erasure_journal: Path | None = None
    inactive_months: int = 36
    """After how many months without a sign of life a person is erased; 0: never."""
    motivation_kept_days: int = 365
    reason_kept_days: int = 1095
    attempts_kept_hours: int = 1
    data_protection_address: str = ""
    """Whom to ask about personal data; the support address where none is set."""
    call_reminder_days: int = 5
    """How many days before a call's deadline focal points are reminded."""
    consultation_reminder_days: int = 14
    """How many days before a consultation's deadline the group is reminded."""
    call_decision_days: int = 7
    """How many days after it coordinators are reminded who have not decided."""
    call_escalation_days: int = 21
    poll_reminder_days: int = 3
    """How many days before a date poll ends those are reminded who have not answered."""
    poll_answers_kept_days: int = 365
    """After how many days the answers to a date poll that is over are deleted."""
    roster_review_month: int = 9
    """The month in which the yearly review of all lists begins by itself; 0: only by hand."""
    roster_review_days: int = 30
    roster_reminder_days: int = 14
    absence_kept_days: int = 30
    """Days after which what was noted of people's absences and busy times is forgotten."""
    import_max_bytes: int = 3_000_000
    """The largest file that is imported."""
    import_max_rows: int = 10_000
    import_kept_days: int = 30
    """After how many days an uploaded file and its rows are deleted."""
    guest_kept_days: int = 90
    """After how many days names and addresses of a meeting's guests are deleted."""
    trusted_proxies: int = 0
    metrics_from: tuple[str, ...] = ("127.0.0.1", "::1")
    demo_password: str | None = field(default=None, repr=False)
    testing: bool = False

    @property
    def production(self) -> bool:
        """Whether real people rely on this installation: no demo data, no default secrets."""
        return self.environment == "production"

    @property
    def host_name(self) -> str:
        """The public host name, as it stands in UIDs and Message-IDs."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def privacy_address(self) -> str:
        """Whom to ask about personal data."""
        return self.data_protection_address or self.support_address

    @property
    def journal_folder(self) -> Path:
        """Where the journal of erasures is written; best on another disk than the database."""
        return self.erasure_journal or self.instance_path / "erasures"

    @property
    def mail_folder(self) -> Path:
        """Where mails go as files when no SMTP server is set."""
        return self.instance_path / "mail"

    def flask(self) -> dict[str, object]:
        """The same as Flask and its extensions want it."""
        secure = self.base_url.startswith("https://")
        return {
            "ROUNDTABLE": self,
            "TESTING": self.testing,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SESSION_COOKIE_NAME": "roundtable",
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": 14 * 24 * 3600,
            "PREFERRED_URL_SCHEME": "https" if secure else "http",
            "MAX_CONTENT_LENGTH": max(4 * 1024 * 1024, self.import_max_bytes * 2),
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,
            "BABEL_DEFAULT_LOCALE": self.default_language,
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "app" / "translations"),
            "RATELIMIT_STORAGE_URI": self.redis_url or "memory://",
            "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1} if self.redis_url else {},
            "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
            "RATELIMIT_HEADERS_ENABLED": False,
            "RATELIMIT_ENABLED": not self.testing,
        }


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. Raises SettingsError naming the setting and the cure."""
    env = os.environ if environ is None else environ
    environment = env.get("ROUNDTABLE_ENV", "production")
    if environment not in ("production", "development"):
        raise SettingsError(f"ROUNDTABLE_ENV is {environment!r}; use production or development.")
    instance = Path(env.get("INSTANCE_PATH") or ROOT / "instance").resolve()
    production = environment == "production"
    base_url = env.get("BASE_URL", "").rstrip("/")
    if not base_url:
        if production:
            raise SettingsError("BASE_URL is not set: give the public address, https://groups.example.org")
        base_url = f"http://127.0.0.1:{env.get('PORT') or '8000'}"
    smtp_url = env.get("SMTP_URL") or None
    if smtp_url and (
        urlsplit(smtp_url).scheme not in ("smtp", "smtps", "smtp+starttls") or not urlsplit(smtp_url).hostname
    ):
        raise SettingsError("SMTP_URL must look like smtp+starttls://user:password@mail.example.org:587")
    languages = tuple(env.get("LANGUAGES", "en fr").split())
    default_language = env.get("DEFAULT_LANGUAGE", languages[0] if languages else "en")
    if default_language not in languages:
        raise SettingsError(f"DEFAULT_LANGUAGE {default_language!r} is not among LANGUAGES.")
    return Settings(
        environment=environment,
        instance_path=instance,
        secret_key=_secret_key(env.get("SECRET_KEY"), instance, production),
        database_url=_database_url(env.get("DATABASE_URL"), instance),
        redis_url=env.get("REDIS_URL") or None,
        base_url=base_url,
        instance_name=env.get("INSTANCE_NAME", "Roundtable"),
        support_address=env.get("SUPPORT_ADDRESS", "secretariat@example.org"),
        languages=languages,
        default_language=default_language,
        default_time_zone=env.get("DEFAULT_TIME_ZONE", "Europe/Brussels"),
        smtp_url=smtp_url,
        mail_from=env.get("MAIL_FROM", "Roundtable <no-reply@example.org>"),
        mail_lease=_number(env, "MAIL_LEASE", 300),
        mail_kept_days=_number(env, "MAIL_KEPT_DAYS", 90),
        seats_member=_number(env, "SEATS_MEMBER", 2),
        seats_associate=_number(env, "SEATS_ASSOCIATE", 1),
        seats_partner=_number(env, "SEATS_PARTNER", 0),
        term_months=_number(env, "TERM_MONTHS", 36),
        renewal_days=_number(env, "RENEWAL_DAYS", 60),
        grace_days=_number(env, "GRACE_DAYS", 30),
        invitation_days=_number(env, "INVITATION_DAYS", 30),
        reminder_days=_number(env, "REMINDER_DAYS", 7),
        escalation_days=_number(env, "ESCALATION_DAYS", 21),
        pause=_days(env, "PAUSE", ("08-01", "08-31")),
        erasure_pause_days=_number(env, "ERASURE_PAUSE_DAYS", 14),
        erasure_journal=Path(env["ERASURE_JOURNAL"]).resolve() if env.get("ERASURE_JOURNAL") else None,
        inactive_months=_number(env, "INACTIVE_MONTHS", 36),
        motivation_kept_days=_number(env, "MOTIVATION_KEPT_DAYS", 365),
        reason_kept_days=_number(env, "REASON_KEPT_DAYS", 1095),
        attempts_kept_hours=_number(env, "ATTEMPTS_KEPT_HOURS", 1),
        data_protection_address=env.get("DATA_PROTECTION_ADDRESS", ""),
        call_reminder_days=_number(env, "CALL_REMINDER_DAYS", 5),
        consultation_reminder_days=_number(env, "CONSULTATION_REMINDER_DAYS", 14),
        call_decision_days=_number(env, "CALL_DECISION_DAYS", 7),
        call_escalation_days=_number(env, "CALL_ESCALATION_DAYS", 21),
        poll_reminder_days=_number(env, "POLL_REMINDER_DAYS", 3),
        poll_answers_kept_days=_number(env, "POLL_ANSWERS_KEPT_DAYS", 365),
        roster_review_month=_month(env, "ROSTER_REVIEW_MONTH", 9),
        roster_review_days=_number(env, "ROSTER_REVIEW_DAYS", 30),
        roster_reminder_days=_number(env, "ROSTER_REMINDER_DAYS", 14),
        absence_kept_days=_number(env, "ABSENCE_KEPT_DAYS", 30),
        import_max_bytes=_number(env, "IMPORT_MAX_BYTES", 3_000_000),
        import_max_rows=_number(env, "IMPORT_MAX_ROWS", 10_000),
        import_kept_days=_number(env, "IMPORT_KEPT_DAYS", 30),
        guest_kept_days=_number(env, "GUEST_KEPT_DAYS", 90),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0),
        metrics_from=tuple(env.get("METRICS_FROM", "127.0.0.1 ::1").split()),
        demo_password=env.get("DEMO_PASSWORD") or None,
    )


def _secret_key(given: str | None, instance: Path, production: bool) -> str:
    if given is not None:
        if given.strip().lower() in WEAK_SECRETS or len(given) < SHORTEST_SECRET or len(set(given)) < FEWEST_LETTERS:
            raise SettingsError(
                f"SECRET_KEY is a default or too short: make one of at least {SHORTEST_SECRET} characters with "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return given
    if production:
        raise SettingsError(
            "SECRET_KEY is not set: make one with python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return _kept_secret(instance / "secret-key")


def _kept_secret(path: Path) -> str:
    """The development secret: made once, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def _database_url(given: str | None, instance: Path) -> str:
    if not given:
        return f"sqlite:///{instance / 'roundtable.sqlite'}"
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given.removeprefix(prefix)
    if given.startswith(("sqlite:///", "postgresql+psycopg://")):
        return given
    raise SettingsError("DATABASE_URL must begin with postgresql:// or sqlite:///")


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name) or default)
    except ValueError:
        raise SettingsError(f"{name} must be a whole number.") from None


def _month(env: Mapping[str, str], name: str, default: int) -> int:
    """A month of the year, or 0 for none."""
    month = _number(env, name, default)
    if not 0 <= month <= 12:
        raise SettingsError(f"{name} must be a month from 1 to 12, or 0 for none.")
    return month


def _days(env: Mapping[str, str], name: str, default: tuple[str, str]) -> tuple[str, str] | None:
    """Two days of the year, "08-01 08-31"; "none" for none."""
    given = env.get(name, "").strip()
    if not given:
        return default
    if given == "none":
        return None
    first, _, last = given.partition(" ")
    for day in (first, last):
        try:
            date.fromisoformat(f"2024-{day}")
        except ValueError:
            raise SettingsError(f"{name} must be two days like {' '.join(default)!r}, or none.") from None
    return first, last
