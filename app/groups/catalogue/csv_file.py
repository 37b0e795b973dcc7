"""Reads associations from CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from app.core import addresses, countries
from app.groups import rules
from app.groups.catalogue.entries import AssociationEntry, Reader
from app.people.models import STATUSES

COLUMNS = ("code", "country", "name", "status")
TRANSLATED = "name_"
"""A column name_fr holds the names in French."""


def read(text: str, reader: Reader) -> None:
    """Add the file's associations to the catalogue."""
    rows = _rows(text, reader)
    line, header = next(rows, (1, []))
    if not _check_header(header, line, reader):
        return
    reader.catalogue.associations = reader.catalogue.associations or []
    for line, row in rows:
        if len(row) != len(header):
            reader.fault(line, f"{_fields(len(row))} here, {len(header)} in the header")
        else:
            _association(dict(zip(header, row, strict=True)), line, reader)


def _rows(text: str, reader: Reader) -> Iterator[tuple[int, list[str]]]:
    """(line it begins on, fields) of each row that is not blank."""
    found = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in found:
            if any(part.strip() for part in row):
                yield line, row
            line = found.line_num + 1
    except csv.Error as error:
        reader.fault(line, f"not CSV: {error}")


def _check_header(header: list[str], line: int, reader: Reader) -> bool:
    before = len(reader.problems)
    if not header:
        reader.fault(line, f"the file is empty; its first line names the columns: {','.join(COLUMNS)}")
        return False
    for name in sorted({name for name in header if header.count(name) > 1}):
        reader.fault(line, f"the column “{name}” stands twice in the header")
    for name in COLUMNS:
        if name not in header:
            hint = "; columns are separated by commas" if len(header) == 1 else ""
            reader.fault(line, f"the header has no column “{name}”{hint}")
    for name in header:
        if name.startswith(TRANSLATED):
            reader.wants(name.removeprefix(TRANSLATED), line)
        elif name not in COLUMNS and len(header) > 1:
            reader.fault(line, f"unknown column “{name}”; known: {', '.join(COLUMNS)}, and name_… for each language")
    return len(reader.problems) == before


def _association(row: dict[str, str], line: int, reader: Reader) -> None:
    assert reader.catalogue.associations is not None
    code = reader.cleaned(row["code"], line, "code", addresses.LONGEST)
    if code and not addresses.CODE.fullmatch(code):
        reader.fault(line, f"code “{code}”: only A-Z, 0-9 and single hyphens between them")
    elif code:
        reader.take("association", code, line, "code")
    country = row["country"].strip()
    if country not in countries.codes():
        hint = {"UK": " (the United Kingdom is GB)", "EL": " (Greece is GR)"}.get(country, "")
        reader.fault(line, f"country “{country}” is no ISO 3166-1 code, nor XK{hint}")
    status = row["status"].strip()
    if status not in STATUSES:
        reader.fault(line, f"status “{status}” is none of {', '.join(STATUSES)}")
    names = {}
    for language in reader.languages:
        text = row.get(TRANSLATED + language, "")
        if text.strip():
            names[language] = reader.cleaned(text, line, TRANSLATED + language, rules.LONGEST_NAME)
    reader.catalogue.associations.append(
        AssociationEntry(
            place=reader.place(line),
            code=code,
            country=country,
            name=reader.cleaned(row["name"], line, "name", rules.LONGEST_NAME),
            names=names,
            status=status,
        )
    )


def _fields(number: int) -> str:
    return "1 field" if number == 1 else f"{number} fields"
