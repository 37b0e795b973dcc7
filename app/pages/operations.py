"""What machines ask: is it up, is it ready, how is it doing, what may be crawled.

`/metrics` shows this process. Where several serve, PROMETHEUS_MULTIPROC_DIR names a folder that they share, empty when
they start (prometheus_client reads the setting when it is imported), and whichever is asked answers for all. Polls of
feeds that another process has answered since its last line about them are missing until it answers more, or for good if
it ends.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address, ip_network

from alembic.script import ScriptDirectory
from flask import Response, abort, current_app, g, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import case, func, select, text

from app.calendars import tally
from app.core.db import db
from app.core.jobs import JobRun
from app.core.outbox import FAILED, QUEUED, SENT, OutboxMessage
from app.core.policy import anyone, guard
from app.core.security import client_address
from app.core.settings import settings
from app.pages.blueprint import bp

ROBOTS = """\
# Calendars are fetched by programs, often under this rule: no feed is listed here.
User-agent: *
Disallow: /me$
Disallow: /me/
Disallow: /desk
Disallow: /admin
Disallow: /sign-
Disallow: /forgotten-password
Disallow: /reset-password/
Disallow: /confirm-address/
Disallow: /memberships/
"""

_of_this_process = CollectorRegistry()
ProcessCollector(registry=_of_this_process)
_requests = Counter(
    "roundtable_requests", "Requests answered, by view and status.", ["endpoint", "status"], registry=_of_this_process
)
_seconds = Histogram(
    "roundtable_request_seconds", "Time to an answer, by view.", ["endpoint"], registry=_of_this_process,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip

_of_this_process.register(tally.answered)  # polls of feeds reach no view


@bp.get("/healthz")
@guard(anyone)
def healthz() -> ResponseReturnValue:
    """The process is up. Asks nothing of anybody else."""
    return _plain("ok\n")


@bp.get("/readyz")
@guard(anyone)
def readyz() -> ResponseReturnValue:
    """Everything that a request needs answers, else 503. What is missing stands in the log, not in the answer."""
    for name, answers in (("database", _schema_is_at_head), ("queue", _queue_answers)):
        try:
            ready = answers()
        except Exception:
            current_app.logger.exception("not ready", extra={"part": name})
            ready = False
        if not ready:
            current_app.logger.error("not ready: %s", name)
            db.session.rollback()
            return _plain("not ready\n", 503)
    return _plain("ready\n")


@bp.get("/metrics")
@guard(anyone)
def metrics() -> ResponseReturnValue:
    """Figures for Prometheus, for the addresses of METRICS_FROM; to others there is nothing here."""
    if not _may_measure():
        abort(404)
    current_app.extensions["roundtable_door"].tally.count()
    kept = CollectorRegistry()
    kept.register(_Kept())
    return Response(requests_so_far() + generate_latest(kept), content_type=CONTENT_TYPE_LATEST)


def requests_so_far() -> bytes:
    """What was counted here, or by all processes that share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(_of_this_process)
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return generate_latest(shared)


@bp.get("/robots.txt")
@guard(anyone)
def robots() -> ResponseReturnValue:
    """What search engines leave alone. `/me$` and `/me/` rather than `/me`, which would hide the meetings as well."""
    response = _plain(ROBOTS)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


@bp.after_app_request
def count(response: Response) -> Response:
    """Note every answer under the name of its view: addresses may hold secrets and never end."""
    endpoint = request.endpoint or "none"
    _requests.labels(endpoint, str(response.status_code)).inc()
    _seconds.labels(endpoint).observe(time.perf_counter() - g.get("began", time.perf_counter()))
    return response


class _Kept(Collector):
    """What the database and the queue hold when they are asked."""

    def collect(self) -> Iterator[Metric]:
        """Mails by state, runs of periodic jobs by state, wake-ups that no worker has heard."""
        mails = dict.fromkeys((QUEUED, FAILED, SENT), 0)
        found = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
        for name, number in db.session.execute(found):
            mails[name] = number
        yield _by_state("roundtable_outbox_messages", "Mails in the outbox.", mails)

        runs = dict.fromkeys(("unfinished", "failed", "done"), 0)
        is_unfinished, has_failed = JobRun.finished_at.is_(None), JobRun.error.is_not(None)
        outcome = case((is_unfinished, "unfinished"), (has_failed, "failed"), else_="done").label("outcome")
        for name, number in db.session.execute(select(outcome, func.count()).group_by("outcome")):
            runs[name] = number
        yield _by_state("roundtable_job_runs", "Runs of periodic jobs in the last 30 days.", runs)

        with suppress(Exception):  # a queue that is down must not hide the other figures; /readyz tells of it
            waiting = _waiting_wake_ups()
            yield GaugeMetricFamily("roundtable_jobs_waiting", "Wake-ups that no worker has taken.", value=waiting)


def _by_state(name: str, meaning: str, numbers: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=["state"])
    for state, number in numbers.items():
        family.add_metric([state], number)
    return family


def _schema_is_at_head() -> bool:
    """Whether the database answers and has every migration of this version, and none of a later one."""
    found = db.session.scalars(text("SELECT version_num FROM alembic_version")).all()
    return set(found) == _heads()


def _heads() -> set[str]:
    """The newest migrations that this version brings; read once from their folder."""
    known: set[str] | None = current_app.extensions.get("roundtable_heads")
    if known is None:
        config = current_app.extensions["migrate"].migrate.get_config()
        known = set(ScriptDirectory.from_config(config).get_heads())
        current_app.extensions["roundtable_heads"] = known
    return known


def _queue_answers() -> bool:
    """Whether the queue of wake-ups does, be it Redis or a file."""
    return _waiting_wake_ups() >= 0


def _waiting_wake_ups() -> int:
    return int(current_app.extensions["roundtable_queue"].pending_count())


def _may_measure() -> bool:
    """Whether the request comes from an address of METRICS_FROM.

    A forwarded request from a proxy that is not trusted says nothing about its origin: its address is the proxy's.
    """
    config = settings()
    if not config.trusted_proxies and ("X-Forwarded-For" in request.headers or "Forwarded" in request.headers):
        return False
    try:
        address = ip_address(client_address())
    except ValueError:
        return False
    return any(address in ip_network(allowed, strict=False) for allowed in config.metrics_from)


def _plain(content: str, status: int = 200) -> Response:
    response = Response(content, status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
