"""`tp_cells(x)`: the cells of a group in the order in which they are read, as a list in Python.

SQLite has no lists; the statement gives a number for each, and the list is handed over beside it. That is four times as
fast as taking the rows one by one: docs/decisions/0013.
"""

from __future__ import annotations

import sqlite3
from itertools import count
from typing import Any

from attrs import field, frozen

NAME = "tp_cells"


@frozen
class Gathered:
    """The lists of one connection that nobody has fetched yet, by their numbers."""

    lists: dict[int, list[Any]] = field(factory=dict)

    def register(self, connection: sqlite3.Connection) -> None:
        """Make the function known."""
        lists, numbers = self.lists, count()

        class Cells:
            """The cells of one group."""

            def __init__(self) -> None:
                self._cells: list[Any] = []
                self.step = self._cells.append  # called from C without a frame of Python between

            def finalize(self) -> int:
                number = next(numbers)
                lists[number] = self._cells
                return number

        connection.create_aggregate(NAME, 1, Cells)

    def fetched(self, row: tuple[Any, ...], plain: int) -> tuple[Any, ...]:
        """A row whose columns after the first `plain` are numbers of lists, or texts, with the lists in their places."""
        return (*row[:plain], *(each if isinstance(each, str) else self.lists.pop(each) for each in row[plain:]))
