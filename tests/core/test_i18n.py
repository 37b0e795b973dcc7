"""Texts in several languages."""

from __future__ import annotations

from flask import Flask, render_template_string
from flask_babel import lazy_gettext


def test_what_stands_in_a_lazy_text_is_escaped(app: Flask) -> None:
    """Errors quote what was typed."""
    said = lazy_gettext("“%(start)s…” is longer.", start="<script>alert(1)</script>")
    with app.test_request_context():
        for template in ("{{ text }}", "{{ [text] | join(' ') }}", "{{ none or text }}"):
            assert "<script>" not in render_template_string(template, text=said, none=None)
            assert "&lt;script&gt;" in render_template_string(template, text=said, none=None)
