"""The web server and the worker, kept running together."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

from app.running.supervisor import Program, Supervisor
from config import ROOT, Settings

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


class PortTaken(Exception):
    """Something listens there already."""


def serve(settings: Settings, host: str, port: int, workers: int, when_ready: Callable[[str], object]) -> int:
    """Run until told to stop; the exit code. `when_ready` gets the address once it answers. Raises PortTaken."""
    check_port(host, port)
    shown = EVERYWHERE.get(host, host)
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    supervisor = Supervisor([_web(settings, host, port, workers), _worker()])
    return supervisor.run(lambda: _answers(address), lambda: when_ready(address))


def check_port(host: str, port: int) -> None:
    """Find out whether we can listen there. Raises PortTaken.

    The web server itself shares its port among its processes, and so would share it with another of its kind.
    """
    try:
        family, kind, proto, _name, where = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        raise PortTaken(error.strerror or str(error)) from error


def _web(settings: Settings, host: str, port: int, workers: int) -> Program:
    command = [sys.executable, "-m", "app.running.web", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--root", str(ROOT)]
    return Program("web server", command, ROOT, _shared_metrics(settings.instance_path) if workers > 1 else {})


def _worker() -> Program:
    return Program("worker", [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "worker"], ROOT)


def _shared_metrics(instance: Path) -> dict[str, str]:
    """An empty folder through which the server's processes count together."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        return {}
    folder = instance / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def _answers(address: str) -> bool:
    """Whether the server is up."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
