"""Puts sheets and styled lines on stdout: with colour on a terminal, plain elsewhere."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from trigpoint.report.lines import Line, plain
from trigpoint.report.sheet import CellValue, Sheet, csv_lines, fitted, one_line, plain_lines

Row = TypeVar("Row")
GUTTER = 3  # characters between two columns of a drawn table


def on_terminal() -> bool:
    """Whether a person is looking at stdout."""
    return sys.stdout.isatty()


def terminal_width() -> int | None:
    """How many characters fit in a line; None where nobody looks."""
    return shutil.get_terminal_size().columns if on_terminal() else None


def print_json(value: object) -> None:
    """One JSON object; never NaN, never escaped letters."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1 if on_terminal() else None))


def print_json_rows(head: Mapping[str, object], rows: Iterable[object]) -> None:
    """One JSON object whose last key, `rows`, is written as the rows come: a line each, never all in memory."""
    first_fetched = _begun(rows)
    print(_json(head)[:-1], end=', "rows": [')
    before = "\n"
    for row in first_fetched:
        print(before + _json(row), end="")
        before = ",\n"
    print("\n]}")


def _begun(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, the first of them fetched now: what is wrong is told before anything is printed."""
    iterator = iter(rows)
    return itertools.chain(list(itertools.islice(iterator, 1)), iterator)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def print_csv(names: Sequence[str], rows: Iterable[Sequence[CellValue]]) -> None:
    """Header and rows."""
    for line in csv_lines(names, _begun(rows)):
        print(line)


def print_sheet(sheet: Sheet) -> None:
    """A table: drawn by rich on a terminal, aligned text elsewhere."""
    if not on_terminal():
        for line in plain_lines(sheet):
            print(line)
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    screen = console()
    for column in sheet.columns:
        table.add_column(column.name, justify=column.align, no_wrap=not column.wraps)
    for row in fitted(sheet, screen.width - GUTTER * len(sheet.columns)):
        table.add_row(*map(Text, row))
    screen.print(table)


def print_lines(lines: Iterable[Line]) -> None:
    """Styled lines; styles show on terminals only."""
    if not on_terminal():
        for each in lines:
            print(one_line(plain(each)))
        return
    from rich.padding import Padding
    from rich.text import Text

    screen = console()
    for each in lines:
        text = plain(each)
        if not text:
            screen.print()
            continue
        indent = len(text) - len(text.lstrip())
        styled = Text.assemble(*((one_line(part), style) for part, style in each))
        screen.print(Padding(styled[indent:], (0, 0, 0, indent), expand=False))


def console(stderr: bool = False) -> Any:
    """A rich console that obeys NO_COLOR."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, no_color=bool(os.environ.get("NO_COLOR")) or None)
