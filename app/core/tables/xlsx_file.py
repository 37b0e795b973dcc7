"""Excel workbooks (.xlsx), read sheet by sheet and row by row, without macros, formulas or archives that explode."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _l
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from app.core.tables.incoming import MOST_COLUMNS, NAMED, Limits, RawRow, TableError, places

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LAST_ROW = 200_000
MOST_PARTS = 1000
NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}
_BROKEN = _l("The file is not an Excel workbook that can be read. Open it, save it anew as .xlsx and try again.")


def claims(data: bytes, filename: str) -> bool:
    """Whether the file is, or calls itself, a workbook."""
    return data.startswith((ZIP, OLD_OFFICE)) or filename.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods"))


def look(data: bytes, filename: str, limits: Limits) -> None:
    """Refuse what is no workbook, holds macros, or unpacks to too much. Raises TableError.

    The sizes are what the archive says of itself; what says too little is cut off there when it is read, and fails.
    """
    if data.startswith(OLD_OFFICE):
        raise TableError(_l("The workbook is in the old format (.xls) or locked by a password. Save it as .xlsx."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        raise TableError(_BROKEN) from None
    names = {part.filename for part in parts}
    if filename.lower().endswith(".xlsm") or any("vbaproject" in name.lower() for name in names):
        raise TableError(_l("The workbook holds macros. Save it as a workbook without them (.xlsx)."))
    if not names >= NEEDED:
        raise TableError(_BROKEN)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > limits.max_unpacked:
        raise TableError(_l("The workbook unpacks to far more than a table. Copy its rows into a new one."))


def rows(data: bytes) -> Iterator[RawRow]:
    """The rows of the first sheet. Raises TableError, for formulas with where they stand."""
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except Exception:  # openpyxl raises what it comes upon: KeyError, ValueError, errors of XML and of archives
        raise TableError(_BROKEN) from None
    try:
        yield from _values(_cells(book))
    finally:
        book.close()


def _cells(book: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet, as wide as a table may be and one more."""
    if not book.worksheets:
        raise TableError(_BROKEN)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what the file says of its extent need not be so
    try:
        yield from sheet.iter_rows(max_col=MOST_COLUMNS + 1)
    except TableError:
        raise
    except Exception:
        raise TableError(_BROKEN) from None


def _values(found: Iterator[tuple[Any, ...]]) -> Iterator[RawRow]:
    formulas: list[str] = []
    for number, row in enumerate(found, 1):
        if number > LAST_ROW:  # rows without a cell are made up by the reader, as many as a file claims
            raise TableError(
                _l("The sheet has far more rows than can be imported. Copy those you need into a new one.")
            )
        formulas += [
            f"{get_column_letter(place)}{number}" for place, cell in enumerate(row, 1) if cell.data_type == "f"
        ]
        if len(formulas) > NAMED:
            break
        if not formulas:
            yield number, [_value(cell.value) for cell in row]
    if formulas:
        raise TableError(
            _l("The file holds formulas, which are not imported: %(where)s. Put the values in their place.",
               where=places(formulas, len(formulas) > NAMED))
        )  # fmt: skip


def _value(value: object) -> str | date:
    """Days as days; whole numbers without the ".0" that Excel keeps; everything else as text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
