"""Markdown that people write: as safe HTML for pages, as plain text for mails and calendars."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])

TAGS = {
    "p", "br", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre", "hr",
    "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6", "h6": "h6"}


def to_html(text: str | None) -> Markup:
    """Sanitised HTML: no scripts, images or raw HTML; links only http(s) and mailto; headings below the page's."""
    tokens = _parser.parse(text or "")
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _HEADINGS[token.tag]
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)  # noqa: S704 - nh3 has cleaned it


def to_text(text: str | None) -> str:
    """Plain text with links spelled out, list marks kept, and a blank line between paragraphs."""
    lines: list[str] = []
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
            case "inline":
                mark = "  " * max(0, len(counters) - 1) + prefixes[-1] if prefixes else ""
                lines.extend((mark + _inline(token)).split("\n"))
                if prefixes:
                    prefixes[-1] = " " * len(prefixes[-1].strip() + " ")
            case "paragraph_close" | "heading_close" | "tr_close" if not counters:
                lines.append("")
            case "fence" | "code_block":
                lines.extend([*token.content.rstrip("\n").split("\n"), ""])
            case "hr":
                lines.extend(["---", ""])
    return "\n".join(lines).strip()


def _inline(token: Token) -> str:
    parts: list[str] = []
    links: list[tuple[str, int]] = []
    for child in token.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "link_open":
            links.append((str(child.attrs.get("href", "")), len(parts)))
        elif child.type == "link_close":
            target, start = links.pop()
            if "".join(parts[start:]) != target:
                parts.append(f" ({target})")
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts)
