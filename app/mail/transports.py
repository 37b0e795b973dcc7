"""Ways out for mails: an SMTP server, or files in the instance folder where none is set."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import time
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from app.mail.messages import Built
from config import Settings

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
CONNECTING = 15.0
"""Seconds that each step of connecting may take: a worker that is told to stop must not hang there."""
QUICK = 5.0
"""Seconds within which a broken connection is worth a second try at once, well within a mail's lease."""


class Refused(Exception):
    """This mail will never be taken; the text is the server's reason."""


class Postponed(Exception):
    """This mail was not taken now; the text is the server's reason."""


class Unreachable(Postponed):
    """No mail can be sent now: the server does not answer, or does not let us in."""


class Transport(Protocol):
    """Where mails go. Used by one worker for one round."""

    def open(self) -> None:
        """Get ready to send. Raises Unreachable."""

    def send(self, built: Built, message_id: str) -> None:
        """Hand over one mail. Raises Refused, Postponed or Unreachable."""

    def close(self) -> None:
        """Let go."""


def transport(settings: Settings) -> Transport:
    """The way out that the settings choose."""
    if settings.smtp_url:
        return Smtp(settings.smtp_url, settings.host_name, timeout=max(5.0, settings.mail_lease / 5))
    return Files(settings.mail_folder)


def file_name(message_id: str) -> str:
    """The name of the file that holds a message: the same for every attempt, so that a repeat replaces it."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", message_id.strip("<>").partition("@")[0]) + ".eml"


class Files:
    """One .eml file a mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        """Make the folder, readable by its owner alone: mails hold links that are secrets."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unreachable(f"The folder for mails cannot be made: {error.strerror}") from error

    def send(self, built: Built, message_id: str) -> None:
        """Write the file whole or not at all."""
        target = self.folder / file_name(message_id)
        unfinished = self.folder / f".{target.name}.{os.getpid()}"
        try:
            with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
                file.write(built.content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise Unreachable(f"The file cannot be written: {error.strerror}") from error

    def close(self) -> None:
        """Nothing is held."""


class Smtp:
    """One connection to the server, used for all mails of a round.

    `timeout` bounds each step of handing a mail over. There are four, and connecting is done before a mail is claimed:
    so its lease, five times as long, is not outlived.
    """

    def __init__(self, url: str, own_name: str, timeout: float) -> None:
        parts = urlsplit(url)
        self.scheme, self.host = parts.scheme, parts.hostname or "localhost"
        self.port = parts.port or PORTS[parts.scheme]
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.own_name, self.timeout = _greeting(own_name), timeout
        self._server: smtplib.SMTP | None = None
        self._used = False

    def open(self) -> None:
        """Connect and sign in, where that is not done."""
        if self._server is not None:
            return
        try:
            self._server, self._used = self._connect(), False
        except (OSError, ssl.SSLError, smtplib.SMTPException, UnicodeError) as error:
            raise Unreachable(f"No connection to the mail server: {_reason(error)}") from error

    def _connect(self) -> smtplib.SMTP:
        context, patience = ssl.create_default_context(), min(CONNECTING, self.timeout)
        if self.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, self.own_name, timeout=patience, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, self.own_name, timeout=patience)
        try:
            if self.scheme == "smtp+starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            server.ehlo_or_helo_if_needed()
            assert server.sock is not None
            server.sock.settimeout(self.timeout)
        except BaseException:
            server.close()
            raise
        return server

    def send(self, built: Built, message_id: str) -> None:
        """Hand over one mail. What the server says of this recipient or content concerns this mail alone."""
        del message_id
        began = time.monotonic()
        self.open()
        try:
            self._hand_over(built)
        except Unreachable:
            if not self._used or time.monotonic() - began > QUICK:
                raise
            self.open()  # servers may end a connection after some mails; a fresh one is worth a try
            self._hand_over(built)
        self._used = True

    def _hand_over(self, built: Built) -> None:
        server = self._server
        assert server is not None
        if built.international and not server.has_extn("smtputf8"):
            raise Refused("The mail server takes no addresses in other scripts (SMTPUTF8).")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if built.international else []
        try:
            server.sendmail(built.sender, [built.recipient], built.content, mail_options=options)
        except smtplib.SMTPRecipientsRefused as error:
            self._answered(*next(iter(error.recipients.values())))
        except smtplib.SMTPDataError as error:
            self._answered(error.smtp_code, error.smtp_error)
        except smtplib.SMTPSenderRefused as error:
            said = _said(error.smtp_code, error.smtp_error)
            if error.smtp_code == 421:
                self.close()
                raise Unreachable(said) from error
            # Our settings or the server's mood, never the recipient's fault: worth trying again.
            raise Postponed(f"The sender was refused: {said}") from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unreachable(f"The connection to the mail server broke: {_reason(error)}") from error

    def _answered(self, code: int, text: bytes | str) -> None:
        said = _said(code, text)
        if code == 421:
            self.close()
            raise Unreachable(said)
        raise Refused(said) if 500 <= code < 600 else Postponed(said)

    def close(self) -> None:
        """Say goodbye, if anyone listens."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                if server.sock is not None:
                    server.sock.settimeout(2)
                    server.quit()
            server.close()


def _greeting(host: str) -> str:
    """Our name for EHLO; an address stands in brackets (RFC 5321, 4.1.3)."""
    try:
        address = ip_address(host)
    except ValueError:
        return host.encode("idna").decode()
    return f"[IPv6:{host}]" if address.version == 6 else f"[{host}]"


def _said(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(said.split())}"[:1000]


def _reason(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"[:500]
