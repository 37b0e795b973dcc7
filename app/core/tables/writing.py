"""Writing a table as CSV or as an Excel workbook, row by row, so that a long one costs no more memory than a short."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.core.tables.formulas import guarded
from app.core.tables.model import Cell, Column, Kind, Table, plain

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of the machine."""
LONGEST_CELL = 32_767
"""What Excel lets a cell hold."""
_WIDTHS = {Kind.TEXT: 28, Kind.NUMBER: 12, Kind.DATE: 14, Kind.WALL_TIME: 18, Kind.INSTANT: 20}
_NUMBER_FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.WALL_TIME: "yyyy-mm-dd hh:mm", Kind.INSTANT: "yyyy-mm-dd hh:mm:ss"}
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")


def write_csv(table: Table, file: IO[bytes]) -> int:
    """RFC 4180 with commas, in UTF-8 with its mark; returns the number of rows."""
    number = 0
    text = io.TextIOWrapper(file, "utf-8", newline="")
    text.write(BOM)
    writer = csv.writer(text)
    writer.writerow([guarded(str(column.heading)) for column in table.columns])
    for row in table.rows:
        writer.writerow([_csv_cell(plain(value, column.kind), column) for value, column in _pairs(row, table)])
        number += 1
    text.flush()
    text.detach()  # the file stays open for who reads it
    return number


def write_xlsx(table: Table, file: IO[bytes]) -> int:
    """A workbook of one sheet with typed cells; returns the number of rows. Texts stay texts, also after =."""
    number = 0
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", str(table.title))[:31].strip() or "1")
    sheet.freeze_panes = "A2"
    for place, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS[column.kind]
    bold = Font(bold=True)
    heads = [_xlsx_cell(sheet, str(column.heading), Kind.TEXT) for column in table.columns]
    for head in heads:
        head.font = bold
    sheet.append(heads)
    for row in table.rows:
        sheet.append(
            [_xlsx_cell(sheet, plain(value, column.kind), column.kind) for value, column in _pairs(row, table)]
        )
        number += 1
    book.save(file)
    return number


WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


def _pairs(row: object, table: Table) -> zip[tuple[Cell, Column]]:
    return zip(row, table.columns, strict=True)  # type: ignore[call-overload,no-any-return]


def _csv_cell(value: Cell, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes") if column.kind is Kind.WALL_TIME else f"{value:%Y-%m-%dT%H:%M:%S}Z"
    if isinstance(value, date):
        return value.isoformat()
    return guarded(value) if isinstance(value, str) else str(value)


def _xlsx_cell(sheet: Any, value: Any, kind: Kind) -> Any:
    """A cell as openpyxl writes it; its types know neither days nor what such a cell can be given."""
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value)
        if kind in _NUMBER_FORMATS:
            cell.number_format = _NUMBER_FORMATS[kind]
        return cell
    text = _NOT_IN_XML.sub(" ", value)[:LONGEST_CELL]
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    if guarded(text) != text:
        cell.quotePrefix = True  # it stays a text also when someone edits the cell
    return cell
