"""Markdown that people write: as safe HTML for pages, as plain text for mails and calendars."""

from __future__ import annotations

import re
from collections.abc import Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

_SAFE_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_BARE_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)

TAGS = {
    "p", "br", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class _Parser(MarkdownIt):
    """CommonMark with tables; a bare address becomes a link, a picture its description."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "breaks": True})
        self.enable(["table", "strikethrough"])
        self.core.ruler.push("links_and_pictures", _links_and_pictures)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Whole addresses only: what has no scheme means nothing in a mail or a calendar."""
        return bool(_SAFE_LINK.match(url))


def _links_and_pictures(state: StateCore) -> None:
    for token in state.tokens:
        if token.children:
            token.children = list(_plain_pictures(_with_bare_links(token.children, state.md)))


def _plain_pictures(tokens: Iterator[Token]) -> Iterator[Token]:
    for token in tokens:
        yield Token("text", "", 0, content=token.content) if token.type == "image" else token


def _with_bare_links(tokens: list[Token], parser: MarkdownIt) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "text" or depth:
            yield token
            continue
        end = 0
        for found in _BARE_LINK.finditer(token.content):
            address = _without_what_follows(found[0])
            yield Token("text", "", 0, content=token.content[end : found.start()])
            yield Token("link_open", "a", 1, attrs={"href": parser.normalizeLink(address)}, info="auto")
            yield Token("text", "", 0, content=address)
            yield Token("link_close", "a", -1)
            end = found.start() + len(address)
        yield Token("text", "", 0, content=token.content[end:])


def _without_what_follows(address: str) -> str:
    """An address without the marks of the sentence it stands in: a closing bracket belongs to it if it opened in it."""
    while address and (
        address[-1] in ".,;:!?'*_~…’”»" or (address[-1] == ")" and address.count(")") > address.count("("))
    ):
        address = address[:-1]
    return address


_parser = _Parser()


def to_html(text: str | None) -> Markup:
    """Sanitised HTML: no scripts, images or raw HTML; links only http(s) and mailto; headings from h3 down."""
    tokens = _parser.parse(text or "")
    _nest_headings(tokens)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}, "*": set()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 - nh3 has cleaned it


def _nest_headings(tokens: list[Token]) -> None:
    """Below the page's own h2, each one level deeper than what it belongs to, whatever levels the author took."""
    above: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            while above and above[-1] >= token.tag:
                above.pop()
            above.append(token.tag)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(2 + len(above), 6)}"


def to_text(text: str | None) -> str:
    """Plain text with links spelled out, list marks kept, and a blank line between paragraphs."""
    lines: list[str] = []
    cells: list[str] | None = None
    prefixes: list[str] = []
    counters: list[int | None] = []
    for token in _parser.parse(text or ""):
        match token.type:
            case "bullet_list_open":
                counters.append(None)
            case "ordered_list_open":
                counters.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                counters.pop()
                if not counters:
                    lines.append("")
            case "list_item_open":
                count = counters[-1]
                prefixes.append("- " if count is None else f"{count}. ")
                counters[-1] = None if count is None else count + 1
            case "list_item_close":
                prefixes.pop()
            case "tr_open":
                cells = []
            case "tr_close":
                lines.append(" | ".join(cells or []))
                cells = None
            case "inline" if cells is not None:
                cells.append(_inline(token))
            case "inline":
                mark = "  " * max(0, len(counters) - 1) + prefixes[-1] if prefixes else ""
                lines.extend((mark + _inline(token)).split("\n"))
                if prefixes:
                    prefixes[-1] = " " * len(prefixes[-1].strip() + " ")
            case "paragraph_close" | "heading_close" | "table_close" if not counters:
                lines.append("")
            case "fence" | "code_block":
                lines.extend([*token.content.rstrip("\n").split("\n"), ""])
            case "hr":
                lines.extend(["---", ""])
    return "\n".join(lines).strip()


def _inline(token: Token) -> str:
    parts: list[str] = []
    links: list[tuple[str | None, int]] = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "link_open":
            links.append((None if child.info == "auto" else str(child.attrs.get("href", "")), len(parts)))
        elif child.type == "link_close":
            target, start = links.pop()
            if target is not None and "".join(parts[start:]) != target:
                parts.append(f" ({target})")
    return "".join(parts)
