"""From a row of the outbox to a message of RFC 5322."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

import idna

PLAIN = policy.SMTP.clone(cte_type="7bit")
"""Bodies in quoted-printable or base64, so that every server on the way takes them."""
INTERNATIONAL = PLAIN.clone(utf8=True)
"""For an address whose local part is not ASCII (RFC 6531); only servers with SMTPUTF8 take it."""

LONGEST_WORD = 50
"""Characters of a name that stand on one line in any case. Where Python folds a name it loses the quotation marks, and
around a word as long as a line it puts an empty line, which ends the header."""
_SPECIALS = re.compile(r'[()<>\[\]:;@\\,."]')
"""What stands in a name between quotation marks only (RFC 5322 §3.2.3)."""


@dataclass(frozen=True)
class Letter:
    """A mail taken from the outbox, as plain values that outlive the transaction."""

    id: int
    attempts: int
    lease_until: datetime
    message_id: str
    recipient: str
    language: str
    subject: str
    text: str
    html: str
    created_at: datetime


@dataclass(frozen=True)
class Sender:
    """Whom mails come from, and who reads the answers."""

    mail_from: str
    support_address: str


@dataclass(frozen=True)
class Built:
    """A message ready for the wire, with its envelope."""

    sender: str
    recipient: str
    content: bytes
    international: bool


def build(letter: Letter, sender: Sender) -> Built:
    """The message: the same bytes at every attempt but for the boundary. Raises ValueError where it cannot be."""
    name, _, rest = letter.recipient.rpartition(" <")
    to = _address(name, rest.removesuffix(">"))
    own_name, own_address = parseaddr(sender.mail_from)
    own = _address(own_name, own_address)
    international = not (to.username + own.username).isascii()
    message = EmailMessage(policy=INTERNATIONAL if international else PLAIN)
    message["Message-ID"] = letter.message_id
    message["Date"] = letter.created_at
    message["From"] = own
    message["To"] = to
    message["Reply-To"] = _address(own_name, parseaddr(sender.support_address)[1])
    message["Subject"] = letter.subject
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # last: what is there before goes down into the first part
    return Built(own.addr_spec, to.addr_spec, message.as_bytes(), international)


def _address(name: str, address: str) -> Address:
    """An address with its domain in ASCII, which every server understands."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain:
        raise ValueError("no address to send to")
    if not domain.isascii():
        domain = idna.encode(domain, uts46=True).decode()
    if len(name) > LONGEST_WORD:
        name = " ".join(word[:LONGEST_WORD] for word in _SPECIALS.sub(" ", name).split())
    return Address(display_name=name, username=local, domain=domain)
