"""What people write in Markdown, as safe HTML and as plain text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import markdown
from app.core.markdown import to_html, to_text


class _Reader(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_what_people_use() -> None:
    html = to_html("**Agenda** and *tea*\n\n- one\n- two\n\n1. first\n\n> said\n\n~~gone~~ `code`")
    for part in (
        "<strong>Agenda</strong>",
        "<em>tea</em>",
        "<li>one</li>",
        "<ol>",
        "<blockquote>",
        "<s>gone</s>",
        "<code>",
    ):
        assert part in html


def test_line_breaks_are_kept() -> None:
    assert to_html("one\ntwo") == "<p>one<br>\ntwo</p>\n"


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# a\n## b\n## c\n# d", ["h3", "h4", "h4", "h3"]),
        ("### a\n###### b\n### c", ["h3", "h4", "h3"]),
        ("## a\n# b\n### c", ["h3", "h3", "h4"]),
        ("# a\n## b\n### c\n#### d\n##### e", ["h3", "h4", "h5", "h6", "h6"]),
    ],
)
def test_headings_stand_below_those_of_the_page_and_skip_no_level(text: str, levels: list[str]) -> None:
    assert [tag for tag, _attributes in _Reader(to_html(text)).tags] == levels
    assert to_html(text).count("</h3>") == levels.count("h3")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//elsewhere.example)",
        "[x](/sign-out)",
        "<javascript:alert(1)>",
        "![x](https://tracker.example/pixel.gif)",
        '[x](https://a.example "onmouseover=alert(1)")',
        "```html\n<script>alert(1)</script>\n```",
        '<a href="https://a.example" onclick="x">y</a>',
        "<style>body{display:none}</style>",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_nothing_runs_and_nothing_is_fetched(text: str) -> None:
    for tag, attributes in _Reader(to_html(text)).tags:
        assert tag in markdown.TAGS
        assert set(attributes) <= {"href", "rel", "start"}
        assert (attributes.get("href") or "https:").startswith(("https:", "http:", "mailto:"))


@given(st.text(alphabet=st.sampled_from(list("<>[]()!`*_~#-|\n \\&;:\"'ahrefscriptjv=/.1\u00e9")), max_size=80))
def test_whatever_is_typed_stays_harmless(text: str) -> None:
    for tag, attributes in _Reader(to_html(text)).tags:
        assert tag in markdown.TAGS
        assert set(attributes) <= {"href", "rel", "start"}
        assert (attributes.get("href") or "https:").lower().startswith(("https:", "http:", "mailto:"))
    to_text(text)


def test_links_do_not_vouch_for_where_they_lead() -> None:
    assert to_html("[a](https://a.example/?b=1&c=2)") == (
        '<p><a href="https://a.example/?b=1&amp;c=2" rel="noopener noreferrer nofollow">a</a></p>\n'
    )


@pytest.mark.parametrize(
    ("text", "address", "after"),
    [
        ("see https://a.example/x_y_z.", "https://a.example/x_y_z", "."),
        ("(https://a.example/x)", "https://a.example/x", ")"),
        ("https://a.example/X_(y), next", "https://a.example/X_(y)", ", next"),
        ("<https://a.example/x>", "https://a.example/x", ""),
        ("http://a.example/é?", "http://a.example/é", "?"),
    ],
)
def test_a_bare_address_becomes_a_link(text: str, address: str, after: str) -> None:
    html = to_html(text)
    assert f">{address}</a>{after}" in html and html.count("<a ") == 1
    assert to_text(text) == text.strip("<>")


def test_an_address_within_a_link_or_code_stays_as_it_is() -> None:
    assert to_html("[https://a.example](https://b.example)").count("<a ") == 1
    assert "<a " not in to_html("`https://a.example`")


def test_a_picture_is_told_by_its_description() -> None:
    assert to_html("![A map](https://a.example/m.png) here") == "<p>A map here</p>\n"
    assert to_text("![A map](https://a.example/m.png) here") == "A map here"


def test_plain_text_spells_links_out() -> None:
    assert to_text("[Agenda](https://a.example/1) **now**") == "Agenda (https://a.example/1) now"
    assert to_text("[https://a.example](https://a.example)") == "https://a.example"
    assert to_text("<a@b.example>") == "a@b.example"


def test_plain_text_keeps_lists_paragraphs_and_tables() -> None:
    text = "# Day\n\nOne\ntwo\n\n- a\n\n  more\n- b\n  1. x\n  2. y\n\n3) c\n4) d\n\n"
    text += "| h | i |\n|---|---|\n| 1 | 2 |\n\n---\n\n```\ncode  here\n```"
    assert to_text(text) == (
        "Day\n\nOne\ntwo\n\n- a\n  more\n- b\n  1. x\n  2. y\n\n3. c\n4. d\n\nh | i\n1 | 2\n\n---\n\ncode  here"
    )


def test_plain_text_is_text_and_not_markup() -> None:
    assert to_text("a < b &amp; c \\*d\\*") == "a < b & c *d*"


def test_nothing_gives_nothing() -> None:
    assert to_html(None) == "" and to_text(None) == "" and to_html("") == "" and to_text("  \n ") == ""
