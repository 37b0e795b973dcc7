from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.calendars import readers
from tests.calendars.readers.in_python import by_dateutil, by_icalendar
from tests.calendars.readers.programs import ICAL_JS, LIBICAL, Program

settings.register_profile("calendars", deadline=None)  # how long an example takes says nothing on a busy machine
settings.load_profile("calendars")


@pytest.fixture(scope="session")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, readers.Read]]:
    """All readers by name; those that are programs are started once."""
    programs = {
        name: Program(command, tmp_path_factory.mktemp("reader"))
        for name, command in (("ical.js", ICAL_JS), ("libical", LIBICAL))
    }
    yield {"icalendar": by_icalendar, "dateutil": by_dateutil, **programs}
    for program in programs.values():
        program.close()
