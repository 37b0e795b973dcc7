"""Messages are valid RFC 5322, whatever people are called and whatever stands in a subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parseaddr

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.outbox import OutboxMessage
from app.mail.messages import Letter, Sender, build
from tests.mail.conftest import make_mail, row

SENDER = Sender("Roundtable <no-reply@example.org>", "Secretariat <secretariat@example.org>")
LETTER = Letter(
    id=1,
    attempts=1,
    lease_until=datetime(2027, 3, 1, 12, tzinfo=UTC),
    message_id="<0f9c@groups.example.org>",
    recipient="Zoë Žižek, PhD <zoe@example.org>",
    language="fr",
    subject="Réunion : 10 h – 12 h",
    text="Bonjour,\n\nhttps://example.org/" + "x" * 300 + "\n\n-- \nRoundtable",
    html="<p>" + "é" * 3000 + "</p>",
    created_at=datetime(2027, 3, 1, 11, 59, 30, tzinfo=UTC),
)


def parsed(letter: Letter) -> EmailMessage:
    return message_from_bytes(build(letter, SENDER).content, EmailMessage, policy=policy.default)


def test_headers_and_both_bodies() -> None:
    message = parsed(LETTER)
    assert message["Message-ID"] == "<0f9c@groups.example.org>"
    assert message["Date"].datetime == LETTER.created_at
    assert message["From"] == "Roundtable <no-reply@example.org>"
    assert message["To"].addresses[0].display_name == "Zoë Žižek, PhD"
    assert message["To"].addresses[0].addr_spec == "zoe@example.org"
    assert message["Reply-To"].addresses[0].addr_spec == "secretariat@example.org"
    assert message["Subject"] == LETTER.subject
    assert message["Content-Language"] == "fr"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().splitlines() == LETTER.text.splitlines()  # type: ignore[attr-defined]
    assert html.get_content().splitlines() == LETTER.html.splitlines()  # type: ignore[attr-defined]
    assert not message.defects


def test_every_byte_is_ascii_and_no_line_is_long() -> None:
    content = build(LETTER, SENDER).content
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_the_same_bytes_at_every_attempt_but_for_the_boundary() -> None:
    def without_boundary(content: bytes) -> bytes:
        return content.replace(message_from_bytes(content).get_boundary("").encode(), b"")

    first, second = build(LETTER, SENDER).content, build(replace(LETTER, attempts=7), SENDER).content
    assert without_boundary(first) == without_boundary(second)


def assert_only_our_headers(letter: Letter) -> Message:
    """No name and no subject adds a header, a recipient or a body."""
    content = build(letter, SENDER).content
    message = message_from_bytes(content)
    assert sorted(key.lower() for key in message) == sorted(
        ["message-id", "date", "from", "to", "reply-to", "subject", "content-language", "auto-submitted",
         "x-auto-response-suppress", "mime-version", "content-type"]
    )  # fmt: skip
    head = content.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert parseaddr(str(message["To"]))[1] == "zoe@example.org"
    assert len(message.get_payload()) == 2
    return message


EVIL = (
    "A\r\nBcc: victim@example.com",
    "A\nBcc: victim@example.com",
    "=?utf-8?q?A=0D=0ABcc:_victim@example.com?=",
    '"=?utf-8?q?A=0D=0ABcc:_victim@example.com?="',
    "=?utf-8?b?QQ0KQmNjOiB2aWN0aW1AZXhhbXBsZS5jb20=?= é",
    "x <victim@example.com>, y",
    "x\u2028Bcc: victim@example.com",
    "x\x85y\x0bz",
    'quo"te\\ and (comment); group: a@b, ;',
)


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_is_smuggled_in(app: Flask, evil: str) -> None:
    message_id = make_mail("zoe@example.org", name=evil, subject=evil)
    message = assert_only_our_headers(_letter(row(message_id)))
    for header in ("To", "Subject"):
        shown = str(make_header(decode_header(str(message[header]))))
        assert "\n" not in shown.replace("\n ", " ")
        assert "\r" not in shown


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_and_subject_make_a_valid_message(name: str, subject: str) -> None:
    from app.core.outbox import _addressed, _one_line, _shortened

    name, subject = (_one_line(text.encode("utf-8", "ignore").decode()) for text in (name, subject))
    if not (name.isprintable() and subject.isprintable()):
        return  # forms take control characters out
    letter = replace(LETTER, recipient=_addressed(name, "zoe@example.org"), subject=_shortened(subject))
    message = assert_only_our_headers(letter)
    assert shown_as(message["Subject"]).split() == letter.subject.split()
    name_in_header = parseaddr(str(message["To"]).replace("\r\n", ""))[0]
    assert "".join(shown_as(name_in_header).split()) == "".join(name.split())


def shown_as(header: str) -> str:
    """A header as mail programs show it."""
    return str(make_header(decode_header(header.replace("\r\n", ""))))


def test_addresses_in_other_scripts() -> None:
    built = build(replace(LETTER, recipient="Ελένη <eleni@παράδειγμα.gr>"), SENDER)
    assert built.recipient == "eleni@xn--hxajbheg2az3al.gr"
    assert not built.international
    built = build(replace(LETTER, recipient="Ελένη <ελένη@παράδειγμα.gr>"), SENDER)
    assert built.international
    assert "ελένη@" in built.content.decode()


def test_an_address_that_is_none_is_refused() -> None:
    for nothing in ("", "nobody", "x <@example.org>", "x <a@>"):
        with pytest.raises(ValueError, match="no address"):
            build(replace(LETTER, recipient=nothing), SENDER)


def _letter(message: OutboxMessage) -> Letter:
    return replace(
        LETTER,
        recipient=message.recipient,
        subject=message.subject,
        text=message.text or "",
        html=message.html or "",
        message_id=message.message_id,
    )
