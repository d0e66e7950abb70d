"""The first rows of a CSV file, column by column, as the text that stands there."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from attrs import evolve, frozen

from trigpoint.errors import InputError, Place

MOST_ROWS = 100_000
ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
ENCODINGS = ("utf-8-sig", "cp1252")  # the first that knows all bytes
TITLE_LINES = 10  # below a title the header comes soon
MOST_FIELD = 64 * 1024


@frozen
class Sample:
    """What a file begins with. `columns` maps its own column names to the cells, in order."""

    path: Path
    delimiter: str
    columns: dict[str, list[str]]
    rows: int
    complete: bool  # no row was left out
    encoding: str | None = None  # where it is not UTF-8


def is_table(path: Path) -> bool:
    """Whether the name says that it holds rows of comma- or tab-separated cells."""
    return path.is_file() and path.name.lower().endswith(ENDINGS)


def read_sample(path: Path, most: int = MOST_ROWS) -> Sample:
    """The header and up to `most` rows. Raises InputError where the file cannot be understood."""
    try:
        for encoding in ENCODINGS:
            try:
                return _sample(path, encoding, most)
            except UnicodeDecodeError:
                continue
    except (csv.Error, OSError, EOFError) as error:
        raise InputError.of("TP353", f"the file cannot be read: {error}", Place(str(path))) from None
    raise _no_text(path)


def _sample(path: Path, encoding: str, most: int) -> Sample:
    with _open(path, encoding) as file:
        delimiter = _delimiter(path, file)
        sample = _read(path, file, delimiter, most)
    return sample if encoding == ENCODINGS[0] else evolve(sample, encoding=encoding)


def _no_text(path: Path) -> InputError:
    hint = "save it as 'CSV UTF-8', or write its source by hand and name the `encoding`"
    return InputError.of("TP353", "the file is neither UTF-8 nor Windows text (cp1252)", Place(str(path)), hint)


def _open(path: Path, encoding: str) -> TextIO:
    if path.name.endswith(".gz"):
        return io.TextIOWrapper(gzip.open(path, "rb"), encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def _delimiter(path: Path, file: TextIO) -> str:
    """The separator that the header holds most of; a tab for .tsv."""
    header = file.readline(MOST_FIELD)
    file.seek(0)
    if "\0" in header:
        raise _no_text(path)
    if path.name.lower().endswith((".tsv", ".tsv.gz")):
        return "\t"
    return max(",;\t|", key=header.count) if any(mark in header for mark in ",;\t|") else ","


def _read(path: Path, file: TextIO, delimiter: str, most: int) -> Sample:
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    header = [name.removeprefix("\ufeff").strip() for name in next(reader, [])]
    begin = list(islice(reader, TITLE_LINES))
    named = _names(path, header, begin)
    columns: dict[str, list[str]] = {name: [] for name in named}
    targets = [columns.get(name, []) for name in header]  # what has no name, as after a last comma, is left out
    rows, complete = 0, True
    for row in chain(begin, reader):
        cells = [cell.strip() for cell in row]
        if len(cells) != len(header) or not any(cells):  # blank rows and ragged ones: the load will say so
            continue
        if rows == most:
            complete = False
            break
        rows += 1
        for column, cell in zip(targets, cells, strict=True):
            column.append(cell)
    return Sample(path, delimiter, columns, rows, complete)


def _names(path: Path, header: Sequence[str], begin: Sequence[Sequence[str]]) -> list[str]:
    """The names of the columns, of which each must be there once."""
    named = [name for name in header if name]
    if not named:
        raise InputError.of("TP353", "the file is empty", Place(str(path)), "its first line must name the columns")
    if len(set(named)) < len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise InputError.of("TP353", f"two columns are called '{twice}'", Place(str(path), 1), "rename one of them")
    if len(named) == 1 and any(len([cell for cell in row if cell.strip()]) > 1 for row in begin):
        text = f"the first line is no header but a title: '{named[0][:60]}'"
        raise InputError.of("TP353", text, Place(str(path), 1), "take the lines above the header out of the file")
    return named
