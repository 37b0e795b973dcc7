"""Tables as files: CSV and XLSX, in which no cell can act as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import Response
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Value = str | int | date | None
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """What goes into a file: its name without ending, the headings, the rows."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]] = field(default_factory=list)


def answer(table: Table, kind: str) -> Response:
    """The table as a file to keep; `kind`: csv or xlsx."""
    body, mimetype = (_csv(table), CSV) if kind == "csv" else (_xlsx(table), XLSX)
    response = Response(body, content_type=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}.{kind}"'
    return response


def _csv(table: Table) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([_harmless(value) for value in row] for row in (table.headings, *table.rows))
    return text.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that it is UTF-8


def _harmless(value: Value) -> Value:
    """Spreadsheets take text that begins so for a formula; an apostrophe before it makes it text."""
    if isinstance(value, str) and value.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return f"'{value}"
    return value.isoformat() if isinstance(value, date) else value


def _xlsx(table: Table) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = table.title[:31]
    for number, row in enumerate((table.headings, *table.rows), start=1):
        for place, value in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # text, whatever it begins with
    for place, heading in enumerate(table.headings, start=1):
        head = sheet.cell(1, place)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        longest = max([len(heading) // 2, *(len(str(row[place - 1] or "")) for row in table.rows)], default=0)
        sheet.column_dimensions[get_column_letter(place)].width = min(60, max(10, longest + 2))
    sheet.freeze_panes = "B2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
