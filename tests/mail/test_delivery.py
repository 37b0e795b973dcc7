"""Delivery: what is sent, what is tried again, what is given up, and what nobody may see."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from app.core import clock
from app.core.db import db, write
from app.core.outbox import FAILED, QUEUED, SENT, OutboxMessage
from app.mail import delivery
from app.mail.delivery import deliver_due
from app.mail.personal_data import retain
from app.mail.rules import MOST_ATTEMPTS
from tests.mail.conftest import make_mail, row
from tests.mail.smtp import CERTIFICATE, Server, smtp_server

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def test_a_mail_is_sent_once_and_its_text_wiped(server: Server) -> None:
    message_id = make_mail("anna@example.org", "Anna Žižek", "Héllo")
    assert deliver_due() == 1
    assert deliver_due() == 0
    message = row(message_id)
    assert (message.state, message.text, message.html, message.attempts) == (SENT, None, None, 1)
    assert message.sent_at is not None
    assert message.lease_until is None
    (received,) = server.received
    assert received.message_id == message.message_id
    assert received.sender == "no-reply@example.org"
    assert received.recipients == ["anna@example.org"]
    assert received.message["Subject"] == "Héllo"
    body = received.message.get_body(("plain",))
    assert body is not None
    assert "Something happened." in body.get_content()


def test_a_transaction_that_rolls_back_sends_nothing(server: Server) -> None:
    from app.core.outbox import Mail, Recipient, queue

    with pytest.raises(ZeroDivisionError), write():
        queue(Recipient("anna@example.org", "Anna"), Mail("Hello", ("Never.",)))
        db.session.flush()
        raise ZeroDivisionError
    assert deliver_due() == 0
    assert server.received == []
    assert db.session.query(OutboxMessage).count() == 0


def test_all_that_is_due_goes_over_one_connection_oldest_first(server: Server) -> None:
    wanted = [row(make_mail(f"p{number}@example.org")).message_id for number in range(5)]
    assert deliver_due() == 5
    assert server.ids == wanted
    assert len(server.connections) == 1


def test_a_connection_that_the_server_ends_is_made_anew(server: Server) -> None:
    seen: list[str] = []

    def tired(address: str) -> str | None:
        seen.append(address)
        return "421 4.7.0 Too many messages in this connection" if len(seen) == 3 else None

    server.on_sender = tired
    ids = [make_mail(f"p{number}@example.org") for number in range(4)]
    assert deliver_due() == 4
    assert [row(message_id).attempts for message_id in ids] == [1, 1, 1, 1]
    assert len(server.received) == 4
    assert len(server.connections) == 2


def test_a_refused_recipient_fails_with_the_reason_and_holds_up_nobody(server: Server) -> None:
    server.on_recipient = lambda address: "550 5.1.1 No such user" if address.startswith("gone") else None
    gone, here = make_mail("gone@example.org"), make_mail("here@example.org")
    deliver_due()
    assert row(gone).state == FAILED
    assert row(gone).last_error == "550 5.1.1 No such user"
    assert row(gone).text is not None, "it may be tried again"
    assert row(here).state == SENT


@pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted, come back later", "452 4.2.2 Mailbox full"])
def test_a_recipient_postponed_is_tried_again_later(server: Server, answer: str) -> None:
    server.on_recipient = lambda address: answer if address.startswith("busy") else None
    with time_machine.travel(NOON, tick=False) as travelling:
        busy, here = make_mail("busy@example.org"), make_mail("here@example.org")
        deliver_due()
        assert (row(busy).state, row(busy).last_error, row(busy).attempts) == (QUEUED, answer, 1)
        assert row(here).state == SENT
        wait = row(busy).next_attempt_at - NOON
        assert timedelta(seconds=54) <= wait <= timedelta(seconds=60)
        travelling.shift(wait - timedelta(seconds=1))
        assert deliver_due() == 0
        server.on_recipient = lambda _address: None
        travelling.shift(timedelta(seconds=2))
        assert deliver_due() == 1
    assert row(busy).state == SENT
    assert row(busy).last_error is None


def test_content_refused_for_good_fails_and_for_the_moment_waits(server: Server) -> None:
    server.on_data = lambda item: {"a": "554 5.7.1 Spam", "b": "451 Try later"}.get(item.recipients[0][0])
    refused, postponed, fine = (make_mail(f"{name}@example.org") for name in "abc")
    deliver_due()
    assert [row(message_id).state for message_id in (refused, postponed, fine)] == [FAILED, QUEUED, SENT]


def test_a_refused_sender_is_our_own_fault_and_never_the_end(server: Server) -> None:
    server.on_sender = lambda _address: "550 5.7.1 Sender not allowed"
    message_id = make_mail()
    deliver_due()
    message = row(message_id)
    assert message.state == QUEUED
    assert message.last_error == "The sender was refused: 550 5.7.1 Sender not allowed"


def test_a_server_that_is_away_means_growing_pauses_and_in_the_end_failure(configured: Callable[..., None]) -> None:
    configured(smtp_url="smtp://127.0.0.1:9")
    pauses = []
    with time_machine.travel(NOON, tick=False) as travelling:
        message_id = make_mail()
        for _ in range(MOST_ATTEMPTS - 1):
            deliver_due()
            message = row(message_id)
            assert message.state == QUEUED
            assert message.lease_until is None
            pauses.append(message.next_attempt_at - clock.now())
            travelling.move_to(message.next_attempt_at)
        deliver_due()
        message = row(message_id)
        assert (message.state, message.attempts) == (FAILED, MOST_ATTEMPTS)
        assert message.last_error is not None
        assert message.last_error.startswith("No connection to the mail server: ConnectionRefusedError")
        assert timedelta(days=2.5) < clock.now() - NOON < timedelta(days=3.2)
    assert pauses[:9] == sorted(pauses[:9])


def test_while_the_server_is_away_each_round_tries_one_mail_only(configured: Callable[..., None]) -> None:
    configured(smtp_url="smtp://127.0.0.1:9")
    ids = [make_mail(f"p{number}@example.org") for number in range(3)]
    deliver_due()
    assert [row(message_id).attempts for message_id in ids] == [1, 0, 0]
    with smtp_server() as server:
        configured(smtp_url=f"smtp://127.0.0.1:{server.port}")
        assert deliver_due() == 2


def test_a_mail_that_cannot_be_built_fails_alone(server: Server) -> None:
    broken, fine = make_mail("nobody"), make_mail("anna@example.org")
    deliver_due()
    assert (row(broken).state, row(fine).state) == (FAILED, SENT)


def test_a_mail_that_kills_every_worker_is_given_up(server: Server) -> None:
    message_id = make_mail()
    with write() as session:
        session.get_one(OutboxMessage, message_id).attempts = MOST_ATTEMPTS
    deliver_due()
    assert row(message_id).state == FAILED
    assert server.received == []


def test_what_another_worker_holds_is_left_to_it_until_its_lease_ends(server: Server) -> None:
    with time_machine.travel(NOON, tick=False) as travelling:
        message_id = make_mail()
        held = delivery._claim()
        assert held is not None
        assert delivery._claim() is None
        assert deliver_due() == 0
        travelling.shift(timedelta(seconds=301))
        assert deliver_due() == 1
        assert row(message_id).attempts == 2
        delivery._postpone(held, "the first one, late")
        assert row(message_id).state == SENT
        delivery._sent(held)
    assert len(server.received) == 1


def test_who_lost_the_lease_does_not_undo_what_the_next_one_does(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False) as travelling:
        message_id = make_mail()
        first = delivery._claim()
        travelling.shift(timedelta(seconds=301))
        second = delivery._claim()
        assert first is not None
        assert second is not None
        delivery._fail(first, "late")
        assert row(message_id).state == QUEUED
        assert row(message_id).lease_until == second.lease_until
        delivery._sent(first)
        assert row(message_id).state == SENT, "what the server has taken is sent, whoever handed it over"


def test_workers_at_once_send_each_mail_once(app: Flask, server: Server) -> None:
    wanted = {row(make_mail(f"p{number}@example.org")).message_id for number in range(30)}
    db.session.rollback()

    def work() -> None:
        with app.app_context():
            while deliver_due():
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.ids) == 30
    assert set(server.ids) == wanted


def test_stopping_finishes_the_mail_in_hand_and_takes_no_other(server: Server) -> None:
    ids = [make_mail(f"p{number}@example.org") for number in range(3)]
    assert deliver_due(lambda: len(server.received) >= 1) == 1
    assert [row(message_id).state for message_id in ids] == [SENT, QUEUED, QUEUED]
    assert row(ids[1]).lease_until is None


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
def test_signing_in_with_starttls_and_over_tls(
    configured: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    for tls, scheme in (("starttls", "smtp+starttls"), ("smtps", "smtps")):
        options = {} if tls == "starttls" else {"auth_require_tls": False}
        with smtp_server(tls=tls, auth=True, **options) as server:
            configured(smtp_url=f"{scheme}://post%40box:p%3Aw%2Fd@localhost:{server.port}")
            make_mail()
            assert deliver_due() == 1, row(1).last_error
            assert server.logins
            configured(smtp_url=f"{scheme}://post%40box:wrong@localhost:{server.port}")
            message_id = make_mail()
            assert deliver_due() == 0
            assert row(message_id).state == QUEUED
            assert "535" in (row(message_id).last_error or "")


def test_a_server_with_a_certificate_of_its_own_making_is_not_trusted(
    configured: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with smtp_server(tls="starttls") as server:
        configured(smtp_url=f"smtp+starttls://localhost:{server.port}")
        message_id = make_mail()
        assert deliver_due() == 0
        assert ssl.SSLCertVerificationError.__name__ in (row(message_id).last_error or "")
        assert server.received == []


def test_a_silent_server_is_given_up_in_time(configured: Callable[..., None]) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        configured(smtp_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}", mail_lease=1)
        message_id = make_mail()
        began = time.monotonic()
        deliver_due()
        assert time.monotonic() - began < 8
    assert row(message_id).state == QUEUED


def test_addresses_in_other_scripts_need_a_server_that_knows_them(configured: Callable[..., None]) -> None:
    for knows, state in ((True, SENT), (False, FAILED)):
        with smtp_server(enable_SMTPUTF8=knows) as server:
            configured(smtp_url=f"smtp://127.0.0.1:{server.port}")
            message_id = make_mail("ελένη@example.org", "Ελένη")
            deliver_due()
            assert row(message_id).state == state


def test_without_a_server_mails_become_files(app: Flask, configured: Callable[..., None], tmp_path: Path) -> None:
    configured(instance_path=tmp_path)
    message_id = make_mail(subject="Hello file")
    assert deliver_due() == 1
    (file,) = (tmp_path / "mail").iterdir()
    message = row(message_id)
    assert file.name == message.message_id[1:37] + ".eml"
    assert b"Subject: Hello file\r\n" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    assert message.state == SENT


def test_a_file_written_twice_is_one_file(app: Flask, configured: Callable[..., None], tmp_path: Path) -> None:
    configured(instance_path=tmp_path)
    message_id = make_mail()
    text, html = row(message_id).text, row(message_id).html
    deliver_due()
    with write() as session:  # as if killed before it was noted
        message = session.get_one(OutboxMessage, message_id)
        message.state, message.text, message.html, message.sent_at = QUEUED, text, html, None
    assert deliver_due() == 1
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_a_folder_that_cannot_be_written_postpones(app: Flask, configured: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    configured(instance_path=tmp_path)
    message_id = make_mail()
    assert deliver_due() == 0
    assert row(message_id).state == QUEUED
    assert row(message_id).last_error


def test_old_mails_are_forgotten_and_waiting_ones_kept(server: Server) -> None:
    server.on_recipient = lambda address: "550 no" if address.startswith("gone") else None
    with time_machine.travel(NOON, tick=False) as travelling:
        make_mail("gone@example.org")
        make_mail("here@example.org")
        deliver_due()
        with write() as session:
            session.add(_waiting())
        travelling.shift(timedelta(days=89))
        retain(clock.now(), dry_run=False)
        assert db.session.query(OutboxMessage).count() == 3
        travelling.shift(timedelta(days=2))
        retain(clock.now(), dry_run=False)
        assert [message.state for message in db.session.query(OutboxMessage)] == [QUEUED]


def test_logs_say_neither_to_whom_nor_what(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.on_recipient = lambda address: f"550 {address} unknown" if address.startswith("gone") else None
    caplog.set_level(logging.DEBUG)
    message_id = make_mail("anna@example.org", "Anna Secret", "Private subject", action=("Open", "https://x/secret"))
    make_mail("gone@example.org", "Gone Secret", "Private subject")
    deliver_due()
    said = " ".join(str(vars(record)) for record in caplog.records if not record.name.startswith("mail.log"))
    for private in ("anna@", "gone@", "Secret", "Private", "secret"):
        assert private not in said
    assert row(message_id).message_id in said


def _waiting() -> OutboxMessage:
    return OutboxMessage(
        message_id="<waiting@example.org>",
        recipient="later@example.org",
        language="en",
        subject="Later",
        text="x",
        html="x",
        created_at=NOON,
        next_attempt_at=NOON,
    )
