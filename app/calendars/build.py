"""What the bytes of calendars depend on besides meetings, as a digest: the program, its libraries, the settings.

Bytes made under another digest are made again when they are next needed, so neither an upgrade nor a changed setting
asks for a command.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from flask import current_app

from app.core import version as program
from app.core.settings import settings

HERE = Path(__file__).resolve().parent
ROOMS = (
    "alarms", "assembly", "build", "choice", "colours", "components", "content", "finishing", "forms", "headers",
    "milestones", "responses", "scopes", "sources", "subjects", "timezones", "tzif",
)  # fmt: skip
SOURCES = (
    *(HERE / f"{room}.py" for room in ROOMS),
    *(HERE.parent / room / "words.py" for room in ("proceedings", "programme")),
    *(HERE.parent / "meetings" / room for room in ("words.py", "rules/pattern.py", "rules/plan.py", "rules/series.py")),
    *(HERE.parent / "core" / room for room in ("i18n.py", "links.py", "markdown.py", "zones.py")),
    *sorted(HERE.parent.glob("translations/*/LC_MESSAGES/messages.mo")),
)
LIBRARIES = ("babel", "markdown-it-py", "tzdata")


def build() -> str:
    """The digest of this program with these settings; worked out once a process."""
    known: str | None = current_app.extensions.get("roundtable_calendar_build")
    if known is None:
        config = settings()
        parts = [
            program.VERSION,
            *(hashlib.sha256(source.read_bytes()).hexdigest() for source in SOURCES),
            *(version(library) for library in LIBRARIES),
            config.base_url,
            config.instance_name,
            config.support_address,
            config.default_language,
            config.default_time_zone,
            *config.languages,
        ]
        known = digest(*parts)
        current_app.extensions["roundtable_calendar_build"] = known
    return known


def digest(*parts: str) -> str:
    """32 characters that stand for these texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
