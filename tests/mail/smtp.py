"""A real SMTP server for tests: keeps what it receives, and answers as a test tells it to."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

CERTIFICATE = Path(__file__).parent / "localhost.pem"
"""Certificate and key for the name localhost, for tests only."""


@dataclass
class Received:
    """One message as it arrived."""

    sender: str
    recipients: list[str]
    content: bytes
    connection: int

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return message_from_bytes(self.content, EmailMessage, policy=policy.default)

    @property
    def message_id(self) -> str:
        """The Message-ID."""
        return str(self.message["Message-ID"])


@dataclass
class Server:
    """The server's state and its scripted answers."""

    received: list[Received] = field(default_factory=list)
    port: int = 0
    on_sender: Callable[[str], str | None] = lambda _address: None
    on_recipient: Callable[[str], str | None] = lambda _address: None
    on_data: Callable[[Received], str | None] = lambda _received: None
    logins: list[LoginPassword] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The Message-IDs in the order they came."""
        return [item.message_id for item in self.received]

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if id(session) not in self.connections:
            self.connections.append(id(session))
        return responses

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.on_sender(address) or "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802
        refusal = self.on_recipient(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        item = Received(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content, id(session))
        refusal = self.on_data(item)
        if refusal:
            return refusal
        self.received.append(item)
        return "250 OK"

    def authenticate(self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.logins.append(data)
        right = data.login == b"post@box" and data.password == b"p:w/d"
        return AuthResult(success=right, handled=False)


@contextmanager
def smtp_server(*, tls: str | None = None, auth: bool = False, port: int = 0, **options: Any) -> Iterator[Server]:
    """A running server. `tls`: "smtps" or "starttls"."""
    state = Server()
    context = None
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)
    if auth:
        options |= {"authenticator": state.authenticate, "auth_required": True}
    controller = Controller(
        state,
        hostname="127.0.0.1",
        port=port or _free_port(),
        ssl_context=context if tls == "smtps" else None,
        tls_context=context if tls == "starttls" else None,
        require_starttls=tls == "starttls",
        **options,
    )
    controller.start()
    state.port = controller.port
    try:
        yield state
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
