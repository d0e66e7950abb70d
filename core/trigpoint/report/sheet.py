"""A sheet: named, typed columns and rows, printed as an aligned table or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from attrs import frozen

CellValue = str | float | int | bool | None
Align = Literal["left", "right"]
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
SPACE = "  "
WIDEST = 32


@frozen
class SheetColumn:
    """A column: its heading, and to which side its cells are moved. The last one may go over several lines."""

    name: str
    align: Align = "left"
    wraps: bool = False


@frozen
class Sheet:
    """Rows under headings."""

    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[CellValue, ...], ...]


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[CellValue]]) -> Iterator[str]:
    """The header and the rows, comma-separated, without line ends.

    A text that a spreadsheet would take for a formula gets a quote mark before it; numbers are written as they are.
    """
    yield _csv_line(names)
    for row in rows:
        yield _csv_line([_csv_cell(cell) for cell in row])


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _csv_cell(cell: CellValue) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell
    return repr(cell)


def plain_lines(sheet: Sheet) -> Iterator[str]:
    """The sheet as aligned text, for pipes and logs; never cut."""
    texts = [[one_line(cell) for cell in row] for row in sheet.rows]
    widths = [
        max([len(column.name), *(len(row[place]) for row in texts)]) for place, column in enumerate(sheet.columns)
    ]
    for row in [[column.name for column in sheet.columns], *texts]:
        cells = [
            text.rjust(width) if column.align == "right" else text.ljust(width)
            for text, width, column in zip(row, widths, sheet.columns, strict=True)
        ]
        yield SPACE.join(cells).rstrip()


def fitted(sheet: Sheet, width: int) -> list[list[str]]:
    """The cells as text; names are cut to WIDEST characters, and the last column to what is left of `width`.

    A last column that wraps is left whole.
    """
    rows = [[_cut(one_line(cell), WIDEST) for cell in row[:-1]] + [one_line(row[-1])] for row in sheet.rows]
    if sheet.columns[-1].wraps:
        return rows
    others = sum(
        max([len(column.name), *(len(row[place]) for row in rows)]) for place, column in enumerate(sheet.columns[:-1])
    )
    return [[*row[:-1], _cut(row[-1], max(width - others, len(sheet.columns[-1].name)))] for row in rows]


def _cut(text: str, most: int) -> str:
    return f"{text[: most - 1]}…" if len(text) > most else text


def one_line(cell: CellValue) -> str:
    """A cell as text on one line; control characters, which could steer a terminal, are left out."""
    text = "" if cell is None else str(cell)
    return text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)
