"""Headers that keep browsers on our side, and the address a request comes from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

csrf = CSRFProtect()

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


class Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies, which no answer that is for everybody carries."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """A cache between us and people would hand one's cookie to all."""
        if not response.cache_control.public:
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """CSRF tokens on every form, security headers on every answer."""
    csrf.init_app(app)
    app.session_interface = Sessions()
    proxies = app.config["ROUNDTABLE"].trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        if g.get("unlisted_page"):
            headers["Referrer-Policy"], headers["X-Robots-Tag"] = "no-referrer", "noindex"
        headers.setdefault("Referrer-Policy", "strict-origin")  # the path may be a secret; the origin is none
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if app.config["SESSION_COOKIE_SECURE"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint == "static" and response.status_code < 400:
            headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
        elif g.get("private_page") or "Cache-Control" not in headers:
            headers["Cache-Control"] = "private, no-store" if g.get("private_page") else "private, no-cache"
        return response


def private_page() -> None:
    """Mark the answer as one that no cache may keep (pages with secrets in their address)."""
    g.private_page = True


def unlisted_page() -> None:
    """The same, and neither search engines nor the pages it links to learn of the address."""
    private_page()
    g.unlisted_page = True


def client_address() -> str:
    """The address a request comes from, behind as many proxies as the settings trust."""
    return request.remote_addr or "unknown"


def client_network() -> str:
    """The network that the request comes from, by which visitors are counted."""
    return network_of(client_address())


def network_of(address: str) -> str:
    """What one visitor can be expected to hold: one IPv4 address, or an IPv6 network of 64 bits."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
    return str(ip)
