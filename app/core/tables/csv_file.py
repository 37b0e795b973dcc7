"""CSV files: in UTF-8, or in UTF-16 with its mark as Excel writes "Unicode text"; commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from openpyxl.utils import get_column_letter

from app.core.tables.formulas import is_formula, unguarded
from app.core.tables.incoming import NAMED, RawRow, TableError, places

SEPARATORS = ",;\t"
LONGEST_CELL = 100_000


def look(data: bytes, filename: str) -> None:
    """Refuse what is no text, or in an encoding that cannot be told for sure. Raises TableError."""
    if not filename.lower().endswith((".csv", ".txt", ".tsv")):
        raise TableError(_l("This is neither a CSV file nor an Excel workbook (.xlsx). Save the table as one."))
    _text(data)


def rows(data: bytes) -> Iterator[RawRow]:
    """The rows as they stand there. Raises TableError for what is no table, and for formulas with where they stand."""
    text = _text(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    csv.field_size_limit(LONGEST_CELL)
    formulas: list[str] = []
    line = 1
    try:
        for row in reader:
            found = [f"{get_column_letter(place)}{line}" for place, cell in enumerate(row, 1) if is_formula(cell)]
            formulas += found
            if len(formulas) > NAMED:
                break
            if not formulas:
                yield line, [unguarded(cell) for cell in row]
            line = reader.line_num + 1
    except csv.Error:
        raise TableError(
            _l("Line %(number)d cannot be read: a quotation mark is opened there and not closed, or stands within a "
               "cell without being doubled.", number=line)
        ) from None  # fmt: skip
    if formulas:
        raise TableError(
            _l("The file holds formulas, which are not imported: %(where)s. Put the values in their place.",
               where=places(formulas, len(formulas) > NAMED))
        )  # fmt: skip


def separator(text: str) -> str:
    """What stands between the cells of the first line, outside quotation marks; a comma if nothing does."""
    first: list[str] = []
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif char in "\r\n" and not quoted:
            if first:
                break
        elif not quoted:
            first.append(char)
    return max(SEPARATORS, key=lambda mark: (first.count(mark), -SEPARATORS.index(mark)))


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise TableError(_l("The file says that it is in UTF-16 and is not. Save it as “CSV UTF-8”.")) from None
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise TableError(
                _l("Line %(number)d is not in UTF-8, so letters with accents would be lost. Save the table as “CSV "
                   "UTF-8”, or as an Excel workbook.", number=line)
            ) from None  # fmt: skip
    for mark, why in (
        ("\x00", _l("The file is not a text, or not in UTF-8. Save the table as “CSV UTF-8”.")),
        ("\ufffd", _l("Letters were lost when the file was saved before: it holds the sign that stands for unreadable "
                      "ones. Save it anew from the original, as “CSV UTF-8”.")),
    ):  # fmt: skip
        if mark in text:
            raise TableError(why)
    return text
