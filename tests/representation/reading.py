"""Reading the tables of a page as people do: by what stands at the head of rows and columns."""

from __future__ import annotations

import re
from html import unescape


def rows(html: str, table: int = 0) -> dict[str, list[str]]:
    """{the words at the head of a row: the words of its cells} of a table of the page."""
    found: dict[str, list[str]] = {}
    body = re.findall(r"<table.*?</table>", html, re.S)[table]
    for row in re.findall(r"<tr.*?</tr>", body, re.S):
        heads = [words(one) for one in re.findall(r"<th(?: [^>]*)?>(.*?)</th>", row, re.S)]
        cells = [words(one) for one in re.findall(r"<td(?: [^>]*)?>(.*?)</td>", row, re.S)]
        if cells:
            found[heads[-1] if heads else cells.pop(0)] = cells
    return found


def words(html: str) -> str:
    """The text of a piece of a page, without what is hidden from everyone, on one line."""
    html = re.sub(r'<span class="phone-only">.*?</span>|<span [^>]*aria-hidden="true">.*?</span>', "", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
