"""Fetches one calendar from the web. Run as a program of its own (`apart.py`), so it imports nothing of ours.

The address comes on standard input as JSON; the calendar goes to standard output; what is wrong is one word on
standard error. Every name is resolved once, its address is checked, and to that address one connects: an answer of
the name's owner cannot change in between. The same holds for every redirect.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import sys
import time
import zlib
from collections.abc import Collection
from urllib.parse import urljoin, urlsplit, urlunsplit

MOST_REDIRECTS = 4
PIECE = 64 * 1024
PORTS = (80, 443)
"""Of the low ports, which belong to services that are no web servers."""
SCHEMES = {"http": "http", "https": "https", "webcal": "https", "webcals": "https"}
TRANSLATED = tuple(
    ipaddress.ip_network(net)
    for net in ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10")
)
"""IPv6 networks behind which an IPv4 address may hide."""


class Refused(Exception):
    """Why it is not fetched: a word of `rules.Problem`."""


def fetch(url: str, *, most_bytes: int, seconds: float, allowed: Collection[str] = ()) -> bytes:
    """The calendar at an address. Raises Refused. `allowed`: addresses that pass although private, for tests alone."""
    deadline = time.monotonic() + seconds
    for _hop in range(MOST_REDIRECTS + 1):
        scheme, host, port, path = _parts(url)
        address = resolve(host, port, allowed)
        connection, answer = _ask(scheme, host, port, path, address, deadline)
        try:
            if answer.status in (301, 302, 303, 307, 308):
                onward = urljoin(url, answer.getheader("Location") or "")
                if scheme == "https" and urlsplit(onward).scheme.lower() == "http":
                    raise Refused("redirects")
                url = onward
                continue
            _check_status(answer.status)
            return _body(answer, connection, most_bytes, deadline)
        finally:
            connection.close()
    raise Refused("redirects")


def normal_address(url: str) -> str:
    """An address as it is stored: webcal is https. Raises Refused for what is no address of the web."""
    scheme, _host, _port, _path = _parts(url)
    return urlunsplit((scheme, *urlsplit(url.strip())[1:4], ""))


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port, and the path with its query."""
    try:
        parts = urlsplit(url.strip())
        scheme = SCHEMES[parts.scheme.lower()]
        host = (parts.hostname or "").encode("idna").decode() if ":" not in (parts.hostname or "") else parts.hostname
        port = parts.port or (443 if scheme == "https" else 80)
    except (KeyError, ValueError, UnicodeError):
        raise Refused("address") from None
    odd = any(char.isspace() or ord(char) < 32 or ord(char) == 127 for char in url.strip())
    if not host or odd or parts.username is not None or (port < 1024 and port not in PORTS):
        raise Refused("address")
    path = parts.path or "/"
    whole = f"{path}?{parts.query}" if parts.query else path
    return scheme, host, port, "".join(char if ord(char) < 128 else _quoted(char) for char in whole)


def _quoted(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())


def resolve(host: str, port: int, allowed: Collection[str] = ()) -> str:
    """The one address that is connected to. Refused where any address of the name is private: that is no accident."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused("unreachable") from None
    addresses = [str(item[4][0]) for item in found]
    if not addresses:
        raise Refused("unreachable")
    if not all(address in allowed or is_public(address) for address in addresses):
        raise Refused("private")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, and not by way of one that is hidden in it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in network for network in TRANSLATED):
            return False
    closed = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    return ip.is_global and not closed and not ip.is_unspecified


def _ask(
    scheme: str, host: str, port: int, path: str, address: str, deadline: float
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """Send the question to the address that was checked; the connection, and the answer up to its body."""
    connection = http.client.HTTPConnection(host, port)
    try:
        connection.sock = socket.create_connection((address, port), timeout=_left(deadline))
        if scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
        connection.sock.settimeout(_left(deadline))
        headers = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "Roundtable", "Host": _named(
            host, port, scheme)}  # fmt: skip
        connection.request("GET", path, headers=headers)
        return connection, connection.getresponse()
    except ssl.SSLCertVerificationError:
        connection.close()
        raise Refused("certificate") from None
    except TimeoutError:
        connection.close()
        raise Refused("too_slow") from None
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise Refused("unreachable" if isinstance(error, OSError) else "answer") from None


def _named(host: str, port: int, scheme: str) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == (443 if scheme == "https" else 80) else f"{name}:{port}"


def _check_status(status: int) -> None:
    if status in (404, 410):
        raise Refused("missing")
    if status in (401, 403):
        raise Refused("forbidden")
    if status != 200:
        raise Refused("answer")


def _body(
    answer: http.client.HTTPResponse, connection: http.client.HTTPConnection, most: int, deadline: float
) -> bytes:
    """The answer's body, unpacked where it comes packed, and never more of it than `most`."""
    coding = (answer.getheader("Content-Encoding") or "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise Refused("answer")
    unpack = None if coding == "identity" else zlib.decompressobj(zlib.MAX_WBITS | (0 if coding == "deflate" else 16))
    body = bytearray()
    taken = 0
    while True:
        left = _left(deadline)
        if connection.sock is not None:
            connection.sock.settimeout(left)
        try:
            piece = answer.read1(PIECE)
            taken += len(piece)
            body += unpack.decompress(piece, most + 1 - len(body)) if unpack else piece
        except TimeoutError:
            raise Refused("too_slow") from None
        except (OSError, http.client.HTTPException, zlib.error):
            raise Refused("answer") from None
        if len(body) > most or taken > most or (unpack and unpack.unconsumed_tail):
            raise Refused("too_large")
        if not piece:
            return bytes(body)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Refused("too_slow")
    return left


def main() -> int:
    """Fetch what standard input asks for."""
    asked = json.load(sys.stdin)
    try:
        found = fetch(
            asked["url"], most_bytes=asked["most_bytes"], seconds=asked["seconds"], allowed=asked.get("allowed", ())
        )
    except Refused as refused:
        sys.stderr.write(str(refused))
        return 3
    sys.stdout.buffer.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
