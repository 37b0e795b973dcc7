"""What a spreadsheet would take for a formula: kept from becoming one on the way out, seen on the way in.

The list of beginnings is OWASP's (CSV injection), with the full-width signs that some spreadsheets take alike. Texts
that begin so get an apostrophe, which spreadsheets do not show and which reading takes off again; so do texts that
begin with an apostrophe before such a sign, so that what is read is always what was written.
"""

from __future__ import annotations

import re

_DANGEROUS = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
_FORMULA = re.compile(r"\s*[=@＝＠]|\s*[+\-＋－](?![\d\s().\-/]*$)")


def guarded(text: str) -> str:
    """The text as it may stand in a CSV file."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """The text that was meant: the opposite of `guarded`."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text[1:]) else text


def is_formula(text: str) -> bool:
    """Whether the text of a CSV cell would be calculated. Numbers with a sign and telephone numbers are none."""
    return bool(_FORMULA.match(text)) and len(text.strip()) > 1
