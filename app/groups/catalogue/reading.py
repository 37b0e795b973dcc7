"""Catalogue files into one checked catalogue: wholly read before anything is done with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from app.groups.catalogue import csv_file, yaml_file
from app.groups.catalogue.entries import Catalogue, Malformed, Place, Problem, Reader

LARGEST = 2 * 1024 * 1024
READERS = {".yaml": yaml_file.read, ".yml": yaml_file.read, ".csv": csv_file.read}


def read_files(paths: Iterable[Path], languages: Sequence[str], default_language: str) -> Catalogue:
    """What the files say, taken together. Raises Malformed with all that is wrong with them."""
    catalogue = Catalogue()
    taken: dict[tuple[str, str], Place] = {}
    problems: list[Problem] = []
    for path in paths:
        reader = Reader(path, languages, default_language, catalogue, taken)
        _read(reader)
        problems += sorted(reader.problems, key=lambda problem: problem.place.line)
    if problems:
        raise Malformed(problems)
    return catalogue


def _read(reader: Reader) -> None:
    read = READERS.get(reader.path.suffix.lower())
    if read is None:
        reader.fault(1, f"a catalogue file ends in {', '.join(READERS)}")
        return
    try:
        with reader.path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        reader.fault(1, f"cannot be read: {(error.strerror or 'error').lower()}")
        return
    if len(content) > LARGEST:
        reader.fault(1, f"larger than {LARGEST // 1024 // 1024} MB")
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reader.fault(line, f"not UTF-8: the byte 0x{content[error.start]:02X}")
        return
    read(text, reader)
