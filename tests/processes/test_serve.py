"""`flask serve`: heals what dies, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.processes.installation import PATIENCE, ROOT, Installation, Process, wait_for

pytestmark = pytest.mark.processes


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """The exit code after a signal to its whole group, as a terminal sends Ctrl-C."""
    os.killpg(process.pid, number)
    return process.wait(timeout=25 * PATIENCE)


def pids(items: list[Process]) -> set[int]:
    """Their numbers."""
    return {item.pid for item in items}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_leaves_nothing_running(running: Installation, number: signal.Signals) -> None:
    process = running.serve()
    wait_for(lambda: running.workers() and len(running.web_answering()) == 2)
    for item in running.processes():
        assert str(ROOT) in item.command
    assert end(process, number) == 0
    assert running.processes() == []
    assert "Traceback" not in running.output
    assert f"Roundtable answers at {running.address}." in running.output
    assert not running.answers()


def test_stopping_at_once_after_starting(running: Installation) -> None:
    process = running.start("serve", "--port", str(running.port))
    wait_for(lambda: len(running.processes()) > 1)
    assert end(process, signal.SIGINT) == 0
    assert running.processes() == []
    assert "Traceback" not in running.output


def test_a_request_under_way_is_answered_before_the_server_stops(running: Installation) -> None:
    """A slow form: its last bytes come after the server was told to stop."""
    process = running.serve()
    with socket.create_connection(("127.0.0.1", running.port), timeout=15 * PATIENCE) as connection:
        connection.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\na=")
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.5)
        connection.sendall(b"b")
        assert connection.recv(12) == b"HTTP/1.1 400"
    assert process.wait(timeout=25 * PATIENCE) == 0
    assert running.processes() == []


def test_what_is_killed_comes_back(running: Installation) -> None:
    running.serve("--workers", "2")
    wait_for(lambda: running.workers() and len(running.web_answering()) == 2)

    (worker,) = running.workers()
    os.kill(worker.pid, signal.SIGKILL)
    wait_for(lambda: running.workers() and running.workers()[0].pid != worker.pid)

    killed = running.web_answering()[0].pid
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: len(running.web_answering()) == 2 and killed not in pids(running.web_answering()))
    wait_for(running.answers)

    main, orphans = running.web_main(), pids(running.web_answering())
    os.kill(main.pid, signal.SIGKILL)
    wait_for(lambda: not orphans & pids(running.processes()))
    wait_for(running.answers)
    assert running.web_main().pid != main.pid


def test_nothing_outlives_a_supervisor_that_was_killed(running: Installation) -> None:
    process = running.serve()
    wait_for(lambda: running.workers() and len(running.web_answering()) == 2)
    process.kill()
    process.wait()
    wait_for(lambda: running.processes() == [], seconds=20)
    assert "Traceback" not in running.output


def test_nothing_outlives_a_supervisor_and_a_server_killed_together(running: Installation) -> None:
    process = running.serve()
    wait_for(lambda: running.workers() and len(running.web_answering()) == 2)
    main = running.web_main().pid
    process.kill()
    os.kill(main, signal.SIGKILL)
    process.wait()
    wait_for(lambda: running.processes() == [], seconds=20)


def test_a_port_in_use_is_said_so(running: Installation) -> None:
    with socket.create_server(("127.0.0.1", running.port)):
        done = running.run("serve", "--port", str(running.port))
    assert done.returncode == 1
    assert f"Cannot listen on port {running.port} of 127.0.0.1: Address already in use." in done.stderr
    assert f"PORT={running.port + 1}" in done.stderr
    assert "Traceback" not in done.stderr
    assert running.processes() == []


def test_two_installations_do_not_share_a_port(running: Installation) -> None:
    running.serve()
    assert running.run("serve", "--port", str(running.port)).returncode == 1
    assert running.answers()


def test_a_server_that_cannot_start_ends_the_command(running: Installation) -> None:
    from app.running.supervisor import Program, Supervisor

    program = Program("broken", [sys.executable, "-c", "raise SystemExit(3)"], ROOT)
    began = time.monotonic()
    import app.running.supervisor as supervisor

    longest, supervisor.LONGEST_PAUSE = supervisor.LONGEST_PAUSE, 0.5
    try:
        assert Supervisor([program]).run(lambda: False, list) == 1
    finally:
        supervisor.LONGEST_PAUSE = longest
    assert time.monotonic() - began < 15


def test_addresses_are_not_logged(running: Installation) -> None:
    running.serve()
    from tests.processes.visitor import Visitor

    visitor = Visitor(running.address)
    visitor.get("/reset-password/hidden-token?also=hidden-too")
    visitor.get("/feeds/hidden-secret/calendar.ics")
    assert "people.reset_password" in running.output
    assert "hidden" not in running.output
