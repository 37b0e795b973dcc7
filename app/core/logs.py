"""Logs: one JSON or readable line an event, with the view's name and never an address, a query or a form value.

Addresses may hold secrets (links in mails, feeds), so what is logged of a request is its endpoint.
"""

from __future__ import annotations

import logging
import sys
import time
import uuid

import structlog
import structlog.typing
from flask import Flask, Response, g, request


def init_app(app: Flask) -> None:
    """Send all logging through structlog to standard error and note every request."""
    configure(production=app.config["ROUNDTABLE"].production, quiet=app.testing)
    log = structlog.get_logger("request")

    @app.before_request
    def _begin() -> None:
        g.request_id, g.began = uuid.uuid4().hex[:12], time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "-")
        if request.endpoint != "static":
            log.info(
                "request",
                method=request.method,
                endpoint=request.endpoint,
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000),
            )
        return response


def configure(*, production: bool, quiet: bool) -> None:
    """Set up the process' logging."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = structlog.processors.JSONRenderer() if production else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.ERROR if quiet else logging.INFO)
    for noisy in ("alembic", "huey", "babel"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
