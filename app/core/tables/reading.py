"""Taking a table in: what it may be, how large, and what is refused before anything looks at its rows.

`look` is quick and asks what a reader of the whole would refuse anyway: size, kind, encoding. `read` reads all of it.
Both raise TableError with a sentence for whoever brought the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask_babel import lazy_gettext as _l

from app.core.forms import clean_line
from app.core.tables import csv_file, xlsx_file
from app.core.tables.incoming import MOST_COLUMNS, Limits, Line, RawRow, Sheet, TableError, Value, too_large


def look(data: bytes, filename: str, limits: Limits) -> None:
    """Refuse at once what cannot be read. Raises TableError."""
    if len(data) > limits.max_bytes:
        raise too_large(limits)
    if not data.strip():
        raise TableError(_l("The file is empty."))
    if xlsx_file.claims(data, filename):
        xlsx_file.look(data, filename, limits)
    else:
        csv_file.look(data, filename)


def read(data: bytes, filename: str, limits: Limits) -> Sheet:
    """The whole table. Raises TableError."""
    look(data, filename, limits)
    if xlsx_file.claims(data, filename):
        return _sheet(xlsx_file.rows(data), limits)
    return _sheet(csv_file.rows(data), limits)


def _sheet(rows: Iterator[RawRow], limits: Limits) -> Sheet:
    """The headings and the rows that hold anything, cleaned, within the limits."""
    sheet: Sheet | None = None
    for number, raw in rows:
        cells = {place: value for place, value in enumerate(map(_clean, raw)) if value}
        if not cells:
            continue
        if sheet is None:
            sheet = Sheet(_headings(cells))
            continue
        if len(sheet.lines) == limits.max_rows:
            raise TableError(
                _l("The file has more than %(number)s rows. Bring it in several parts.", number=limits.max_rows)
            )
        sheet.lines.append(Line(number, cells))
    if sheet is None:
        raise TableError(_l("The file is empty."))
    if not sheet.lines:
        raise TableError(_l("The file has headings but no rows."))
    return sheet


def _headings(cells: dict[int, Value]) -> list[str]:
    if max(cells) >= MOST_COLUMNS:
        raise TableError(_l("The file has more than %(number)s columns.", number=MOST_COLUMNS))
    return [str(cells.get(place, "")) for place in range(max(cells) + 1)]


def _clean(value: str | date) -> Value:
    return (clean_line(value) or "") if isinstance(value, str) else value
