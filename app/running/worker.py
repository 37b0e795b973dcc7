"""The worker: delivers mail, checks and writes imports, and does at intervals what has to be done at intervals.

Foreign calendars are read beside all that: their servers are slow, and nothing else is to wait for them.
"""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from functools import partial

from flask import Flask

from app.availability.service import reading
from app.calls.service import daily as calls
from app.calls.service import departing as candidates
from app.calls.service import reminding as choosing
from app.core import jobs
from app.core.jobs import Periodic
from app.imports import service as imports
from app.mail import delivery
from app.membership.service import accepting, deciding, departing, mandates, nominating, reminding, reviewing
from app.privacy.service import erasing, retaining
from app.programme import service as programme
from app.representation import service as representation
from app.running import lifeline
from app.scheduling.service import daily as polls

PERIODIC = (
    Periodic("membership.pass_on", timedelta(hours=1), deciding.pass_on_unheard),
    Periodic("membership.expire_invitations", timedelta(hours=1), nominating.expire_invitations),
    Periodic("membership.ask_for_renewals", timedelta(days=1), mandates.ask_for_renewals),
    Periodic("membership.ask_for_terms", timedelta(minutes=10), accepting.ask_outstanding),
    Periodic("membership.lapse", timedelta(hours=6), mandates.lapse_due),
    Periodic("membership.depart", timedelta(hours=6), departing.depart_due),
    Periodic("membership.remind", timedelta(days=1), reminding.remind),
    Periodic("calls.close", timedelta(minutes=5), calls.close_due),
    Periodic("calls.cancel_with_group", timedelta(hours=1), calls.cancel_with_group),
    Periodic("calls.announce", timedelta(minutes=5), calls.announce),
    Periodic("calls.remind", timedelta(days=1), calls.remind),
    Periodic("calls.remind_of_choice", timedelta(days=1), choosing.remind_of_choice),
    Periodic("calls.depart", timedelta(hours=6), candidates.depart_due),
    Periodic("calls.lapse_reserves", timedelta(hours=6), calls.lapse_reserves),
    Periodic("programme.remind", timedelta(days=1), programme.remind),
    Periodic("polls.invite_newcomers", timedelta(minutes=10), polls.invite_newcomers),
    Periodic("polls.remind", timedelta(hours=6), polls.remind),
    Periodic("polls.cancel_with_group", timedelta(hours=1), polls.cancel_with_group),
    Periodic("membership.open_review", timedelta(days=1), reviewing.open_by_itself),
    Periodic("membership.remind_of_review", timedelta(days=1), reviewing.remind),
    Periodic("privacy.erase_due", timedelta(hours=1), erasing.erase_due),
    Periodic("privacy.retain", timedelta(hours=1), retaining.retain),
    Periodic("representation.take_stock", timedelta(days=30), representation.take_stock),
    Periodic("representation.renew_figures", timedelta(days=30), representation.renew_figures),
    Periodic("jobs.forget_old_runs", timedelta(days=1), jobs.forget_old_runs),
)


def run(app: Flask, pause: float) -> None:
    """Work until SIGTERM or SIGINT; what is held then is finished first. Several workers may run at once."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lifeline.hold()
    always = (delivery.deliver_due, imports.work_off, imports.tell_next)
    beside = threading.Thread(target=jobs.keep_at, args=(app, stop, reading.read_next, pause), name="busy calendars")
    beside.start()
    jobs.work(app, stop, [partial(task, stop.is_set) for task in always], PERIODIC, pause)
    beside.join()
