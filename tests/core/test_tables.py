"""Tables written and read: what comes back is what went out, and what must not come in does not."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.core.tables import xlsx_file
from app.core.tables.formulas import guarded, is_formula, unguarded
from app.core.tables.incoming import Limits, TableError
from app.core.tables.model import Column, Kind, Table
from app.core.tables.reading import look, read
from app.core.tables.writing import write_csv, write_xlsx

LIMITS = Limits(max_bytes=200_000, max_rows=100)
INJECTIONS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "＝1+1", "'=1+1", "''-1"]
COLUMNS = [
    Column("Name"), Column("Seats", Kind.NUMBER), Column("Since", Kind.DATE), Column("Planned", Kind.WALL_TIME),
    Column("At", Kind.INSTANT),
]  # fmt: skip
ROW = (
    "Ελένη, “the first”\nof two", 3, date(2026, 3, 1), datetime(2026, 3, 1, 9, 30),
    datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
)  # fmt: skip


def written(write: Callable[..., int], *rows: tuple[object, ...], columns: list[Column] | None = None) -> bytes:
    file = io.BytesIO()
    assert write(Table("People: all", columns or COLUMNS, rows), file) == len(rows)
    return file.getvalue()


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def reason(data: bytes, filename: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(TableError) as refused:
        read(data, filename, limits)
    return str(refused.value.message)


def test_csv_is_for_excel_and_for_programs(app: Flask) -> None:
    data = written(write_csv, ROW)
    assert data.startswith(b"\xef\xbb\xbfName,Seats,")
    (_head, row) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row == [ROW[0], "3", "2026-03-01", "2026-03-01T09:30", "2026-03-01T09:30:00Z"]


def test_xlsx_has_typed_cells(app: Flask) -> None:
    sheet = load_workbook(io.BytesIO(written(write_xlsx, ROW))).active
    assert sheet.title == "People  all"
    assert [cell.value for cell in sheet[2]] == [
        ROW[0], 3, datetime(2026, 3, 1), datetime(2026, 3, 1, 9, 30), datetime(2026, 3, 1, 9, 30)
    ]  # fmt: skip
    assert sheet["C2"].is_date


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_becomes_a_formula(app: Flask, text: str) -> None:
    (_head, (cell,)) = csv.reader(
        io.StringIO(written(write_csv, (text,), columns=[Column("Name")]).decode("utf-8-sig"), newline="")
    )
    assert cell == f"'{text}"
    sheet = load_workbook(io.BytesIO(written(write_xlsx, (text,), columns=[Column("Name")]))).active
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].quotePrefix
    assert sheet["A2"].value == text.replace("\r", "\n")  # as XML has it


def test_headings_are_guarded_too(app: Flask) -> None:
    assert written(write_csv, columns=[Column("=1+1")]).decode("utf-8-sig") == "'=1+1\r\n"


@given(st.text())
def test_guarding_is_undone(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not is_formula(guarded(text))


@pytest.mark.parametrize(("write", "name"), [(write_csv, "list.csv"), (write_xlsx, "list.xlsx")])
def test_what_was_written_is_read(app: Flask, write: Callable[..., int], name: str) -> None:
    columns = [Column("Name"), Column("Phone"), Column("Since", Kind.DATE)]
    rows = [("=Ада", "+32 2 511 74 77", date(2026, 3, 1)), ('Zoë "Z", jr.', None, None)]
    sheet = read(written(write, *rows, columns=columns), name, LIMITS)
    assert sheet.headings == ["Name", "Phone", "Since"]
    assert [line.number for line in sheet.lines] == [2, 3]
    day = sheet.lines[0].cells[2]
    assert sheet.lines[0].cells == {0: "=Ада", 1: "+32 2 511 74 77", 2: day}
    assert str(day) == "2026-03-01"
    assert sheet.lines[1].cells == {0: 'Zoë "Z", jr.'}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings(app: Flask, separator: str, encoding: str) -> None:
    text = f'"Name, first; last"{separator}E-mail\r\n\r\nÅsa{separator}a@example.org\r\n'
    sheet = read(text.encode(encoding), "list.csv", LIMITS)
    assert sheet.headings == ["Name, first; last", "E-mail"]
    assert (sheet.lines[0].number, sheet.lines[0].cells) == (3, {0: "Åsa", 1: "a@example.org"})


def test_other_encodings_are_refused_with_the_line(app: Flask) -> None:
    assert "Line 3 is not in UTF-8" in reason("Name\nAda\nÅsa\n".encode("latin-1"), "list.csv")
    assert "not in UTF-8" in reason("Name\nAda\n".encode("utf-16-le"), "list.csv")
    assert "Letters were lost" in reason("Name\n\ufffdsa\n".encode(), "list.csv")


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-A1", " =HYPERLINK(A1)"])
def test_formulas_in_csv_are_refused_with_their_place(app: Flask, cell: str) -> None:
    assert "formulas, which are not imported: B3." in reason(f'Name,Note\nAda,x\nBo,"{cell}"\n'.encode(), "list.csv")


@pytest.mark.parametrize("cell", ["-", "+32 2 511 74 77", "-3.5", "a=b", "'=1+1"])
def test_what_only_looks_like_one_is_none(app: Flask, cell: str) -> None:
    assert read(f"Name\n{cell}\n".encode(), "list.csv", LIMITS).lines[0].cells == {0: cell.removeprefix("'")}


def test_formulas_in_workbooks_are_refused_with_their_place(app: Flask) -> None:
    data = workbook(("Name", "Sum"), ("Ada", 1), *[("Bo", f"=B{number}") for number in range(8)])
    assert "not imported: B3, B4, B5, B6, B7, …" in reason(data, "list.xlsx")


def test_too_large_says_how_large_it_may_be(app: Flask) -> None:
    assert "larger than 0.2\u00a0MB" in reason(b"Name\n" + b"a" * 200_000, "list.csv")
    assert "more than 100 rows" in reason(b"Name\n" + b"a\n" * 101, "list.csv")
    assert len(read(b"Name\n" + b"a\n" * 100, "list.csv", LIMITS).lines) == 100
    assert "more than 60 columns" in reason((",".join("abcdefghij" * 7) + "\n1\n").encode(), "list.csv")
    assert "more than 100 rows" in reason(workbook(("Name",), *[("a",)] * 101), "list.xlsx")


def test_archives_that_explode_are_refused_unread(app: Flask) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b" " * 4_000_000)
    assert len(file.getvalue()) < 10_000
    with pytest.raises(TableError) as refused:
        look(file.getvalue(), "list.xlsx", LIMITS)
    assert "unpacks to far more" in str(refused.value.message)


def test_a_size_that_lies_does_not_help(app: Flask) -> None:
    """An archive that says less than it holds is cut off there."""
    data = bytearray(workbook(("Name",), *[("a" * 50,)] * 90))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
    assert int.from_bytes(data[place + 24 : place + 28], "little") == sheet.file_size
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    assert "not an Excel workbook that can be read" in reason(bytes(data), "list.xlsx")


def test_entities_in_xml_are_refused(app: Flask) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(("Name",), ("a",)))) as good,
        zipfile.ZipFile(file, "w") as archive,
    ):
        for part in good.infolist():
            archive.writestr(part, bomb if part.filename == "xl/worksheets/sheet1.xml" else good.read(part))
    assert "not an Excel workbook that can be read" in reason(file.getvalue(), "list.xlsx")


def test_macros_old_formats_and_nonsense(app: Flask) -> None:
    file = io.BytesIO(workbook(("Name",), ("a",)))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert "macros" in reason(file.getvalue(), "list.xlsx")
    assert "macros" in reason(workbook(("Name",), ("a",)), "list.xlsm")
    assert "old format" in reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "list.xls")
    assert "not an Excel workbook" in reason(b"PK\x03\x04", "list.xlsx")
    assert "not an Excel workbook" in reason(b"Name\nAda", "list.xlsx")
    assert "neither a CSV file" in reason(b"%PDF-1.7", "list.pdf")
    assert "empty" in reason(b" \n", "list.csv")
    assert "no rows" in reason(b"Name,E-mail\n,\n", "list.csv")
    assert "Line 2 cannot be read" in reason(b'Name\n"Ada\nBo\n', "list.csv")


def test_days_are_days_and_numbers_are_whole(app: Flask) -> None:
    sheet = read(workbook(("A", "B", "C"), (datetime(2026, 3, 1), 7.0, True)), "list.xlsx", LIMITS)
    assert sheet.lines[0].cells == {0: date(2026, 3, 1), 1: "7", 2: "True"}


def test_rows_that_a_file_merely_claims_are_not_waited_for(app: Flask) -> None:
    """The reader makes up every row before the one that is there."""
    source = io.BytesIO()
    book = Workbook()
    assert book.active is not None
    book.active.append(["Full name"])
    book.save(source)
    bomb = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(bomb, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                far = b'<row r="9000000000000"><c r="A9000000000000" t="inlineStr"><is><t>x</t></is></c></row>'
                data = data.replace(b"</sheetData>", far + b"</sheetData>")
            new.writestr(part, data)
    with app.test_request_context(), pytest.raises(TableError):
        list(xlsx_file.rows(bomb.getvalue()))
