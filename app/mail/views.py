"""The outbox for administrators; in development, the mails themselves."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.outbox import OutboxMessage
from app.core.pagination import page_number
from app.core.policy import administrators, anyone, current_viewer, guard
from app.core.security import private_page
from app.core.tables import download
from app.mail import exports, mailbox, queries, service, words
from app.people.exporting import downloads, hand_out

bp = Blueprint("mail", __name__)


@bp.get("/admin/outbox")
@downloads
@guard(administrators)
def outbox() -> ResponseReturnValue:
    """What was sent, what waits and what failed; never what it says."""
    asked = request.args.get("state")
    state = asked if asked in queries.STATES else None
    if wanted := download.asked():
        return hand_out(exports.outbox(queries.listed(state)), wanted, "outbox", noted="outbox")
    counts = queries.counts()
    page = queries.page_of(state, page_number(request.args.get("page")), counts)

    def address(number: int = 1) -> str:
        return _outbox(state, number)

    return render_template(
        "mail/outbox.html",
        page=page,
        counts=counts,
        state=state,
        address=address,
        state_words=words.STATES,
        downloads=download.links(),
    )


@bp.post("/admin/outbox/<int(max=9223372036854775807):message_id>/retry")
@guard(administrators, of=queries.message, sees=administrators)
def retry(message: OutboxMessage) -> ResponseReturnValue:
    """Try a mail again at once."""
    subject = message.subject
    try:
        service.try_again(message.id, current_viewer().person_id)
    except DomainError as error:
        flash(str(error.message), "error")
    else:
        flash(_("“%(subject)s” is tried again now.", subject=subject), "success")
    asked = request.form.get("state")
    state = asked if asked in queries.STATES else None
    return redirect(_outbox(state, page_number(request.form.get("page"))), 303)


def _outbox(state: str | None, number: int) -> str:
    return url_for("mail.outbox", state=state, page=number if number > 1 else None)


@bp.get("/dev/mail", endpoint="mailbox")
@guard(anyone, of=mailbox.folder)
def mail_files(where: Path) -> ResponseReturnValue:
    """The mails that were written to files."""
    private_page()
    return render_template("mail/mailbox.html", letters=mailbox.letters(where), shown=mailbox.SHOWN)


@bp.get("/dev/mail/<name>", endpoint="mailbox_message")
@guard(anyone, of=mailbox.letter)
def mail_file(letter: mailbox.Letter) -> ResponseReturnValue:
    """One of them."""
    private_page()
    return render_template("mail/mailbox_message.html", letter=letter)
