"""Processes that read and then write, many times: `python -m tests.processes.counting PERSON TIMES HOW PROCESSES`."""

from __future__ import annotations

import logging
import multiprocessing
import sys

from app import create_app
from app.core.db import db, lock, write
from app.people.models import Person


def count(person_id: int, times: int, how: str) -> None:
    """Raise a number kept in a row. `how`: "decides" on what it reads within write(), or on what it "read-before"."""
    app = create_app()
    logging.disable(logging.INFO)
    for _ in range(times):
        with app.app_context():
            before = int(db.session.get_one(Person, person_id).job_title or 0)  # as the signed-in user is read
            with write():
                person = lock(Person, person_id)
                assert person
                now = int(person.job_title or 0) if how == "decides" else before
                person.job_title = str(now + 1)


def main(person_id: int, times: int, how: str, processes: int) -> int:
    """All at once, the code loaded once; the exit code."""
    forking = multiprocessing.get_context("fork")
    started = [forking.Process(target=count, args=(person_id, times, how)) for _ in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    return max(process.exitcode or 0 for process in started)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
