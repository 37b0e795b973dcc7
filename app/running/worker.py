"""The worker: delivers mail, and does at intervals what has to be done at intervals."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta
from functools import partial

from flask import Flask

from app.core import jobs
from app.core.jobs import Periodic
from app.mail import delivery
from app.membership.service import deciding, mandates, nominating, reminding
from app.people import limits
from app.people.service import accounts
from app.representation import service as representation
from app.running import lifeline

PERIODIC = (
    Periodic("membership.pass_on", timedelta(hours=1), deciding.pass_on_unheard),
    Periodic("membership.expire_invitations", timedelta(hours=1), nominating.expire_invitations),
    Periodic("membership.ask_for_renewals", timedelta(days=1), mandates.ask_for_renewals),
    Periodic("membership.lapse", timedelta(hours=6), mandates.lapse_due),
    Periodic("membership.remind", timedelta(days=1), reminding.remind),
    Periodic("representation.take_stock", timedelta(days=30), representation.take_stock),
    Periodic("representation.renew_figures", timedelta(days=30), representation.renew_figures),
    Periodic("people.forget_old_attempts", timedelta(hours=1), limits.forget_old_attempts),
    Periodic("people.forget_old_sign_ups", timedelta(hours=1), accounts.forget_old_sign_ups),
    Periodic("mail.forget_old_mails", timedelta(days=1), delivery.forget_old_mails),
    Periodic("jobs.forget_old_runs", timedelta(days=1), jobs.forget_old_runs),
)


def run(app: Flask, pause: float) -> None:
    """Work until SIGTERM or SIGINT; what is held then is finished first. Several workers may run at once."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lifeline.hold()
    jobs.work(app, stop, [partial(delivery.deliver_due, stop.is_set)], PERIODIC, pause)
