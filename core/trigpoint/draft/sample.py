"""The first rows of a CSV file, column by column, as the text that stands there."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import TextIO

from attrs import frozen

from trigpoint.errors import InputError, Place

MOST_ROWS = 100_000
ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
MOST_FIELD = 64 * 1024


@frozen
class Sample:
    """What a file begins with. `columns` maps its own column names to the cells, in order."""

    path: Path
    delimiter: str
    columns: dict[str, list[str]]
    rows: int
    complete: bool  # no row was left out


def is_table(path: Path) -> bool:
    """Whether the name says that it holds rows of comma- or tab-separated cells."""
    return path.is_file() and path.name.lower().endswith(ENDINGS)


def read_sample(path: Path, most: int = MOST_ROWS) -> Sample:
    """The header and up to `most` rows. Raises InputError where the file cannot be understood."""
    try:
        with _open(path) as file:
            delimiter = _delimiter(path, file)
            return _read(path, file, delimiter, most)
    except UnicodeDecodeError:
        raise InputError.of(
            "TP353",
            "the file is not UTF-8 text",
            Place(str(path)),
            "save it as 'CSV UTF-8', or write its source by hand and name the `encoding`",
        ) from None
    except (csv.Error, OSError, EOFError) as error:
        raise InputError.of("TP353", f"the file cannot be read: {error}", Place(str(path))) from None


def _open(path: Path) -> TextIO:
    if path.name.endswith(".gz"):
        return io.TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _delimiter(path: Path, file: TextIO) -> str:
    """The separator that the header holds most of; a tab for .tsv."""
    if path.name.lower().endswith((".tsv", ".tsv.gz")):
        return "\t"
    header = file.readline(MOST_FIELD)
    file.seek(0)
    if header.startswith("\ufeff"):
        header = header[1:]
    return max(",;\t|", key=header.count) if any(mark in header for mark in ",;\t|") else ","


def _read(path: Path, file: TextIO, delimiter: str, most: int) -> Sample:
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    header = next(reader, None)
    if not header or not any(name.strip() for name in header):
        raise InputError.of("TP353", "the file is empty", Place(str(path)), "its first line must name the columns")
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise InputError.of("TP353", f"two columns are called '{twice}'", Place(str(path), 1), "rename one of them")
    columns: dict[str, list[str]] = {name: [] for name in header}
    cells, rows, complete = list(columns.values()), 0, True
    for row in reader:
        if len(row) != len(header):  # blank lines and ragged rows: the load will say so
            continue
        if rows == most:
            complete = False
            break
        rows += 1
        for column, cell in zip(cells, row, strict=True):
            column.append(cell.strip())
    return Sample(path, delimiter, columns, rows, complete)
