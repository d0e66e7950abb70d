"""How the numbers of a file are written: one decimal sign and one between the thousands, for all its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import frozen

from trigpoint.intake.numbers import WAYS, fits

_PLAIN = re.compile(r"[+-]?\d+")
_UNSURE = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")  # 1,500: one and a half, or fifteen hundred


@frozen
class Writing:
    """The decimal sign, and the one between groups of three digits, if there is one."""

    decimal: str = "."
    thousands: str | None = None

    def reads(self, cell: str) -> bool:
        """Whether a cell is a number in this writing."""
        return fits(cell, self.decimal, self.thousands)


POINT = Writing()


def unsure(cells: Iterable[str]) -> set[str]:
    """The signs of cells of which each can be read in two ways; nothing if another cell says it plainly."""
    found = [(cell, _UNSURE.fullmatch(cell)) for cell in cells if not _PLAIN.fullmatch(cell)]
    return {match[1] for _cell, match in found if match} if all(match for _cell, match in found) else set()


def writing_of(columns: Sequence[set[str]], usual: Writing = POINT) -> Writing:
    """What most columns of a file say plainly, else as is usual; what they leave open is read so that it fits."""
    votes = Counter(found for cells in columns if (found := _plainly(cells)) is not None)
    if not votes and usual == POINT:
        return POINT
    votes = votes or Counter([usual])
    decimal = votes.most_common(1)[0][0].decimal
    marks = Counter(
        {vote.thousands: count for vote, count in votes.items() if vote.thousands and vote.decimal == decimal}
    )
    open_ones = set[str]().union(*(unsure(cells) for cells in columns))
    marks.update(mark for mark in open_ones if mark != decimal)
    return Writing(decimal, marks.most_common(1)[0][0] if marks else None)


def _plainly(cells: set[str]) -> Writing | None:
    """The simplest writing that reads all cells of a column; None if they are no numbers, or could be in two ways."""
    if not cells or unsure(cells) or all(_PLAIN.fullmatch(cell) for cell in cells):
        return None
    return next((way for way in (Writing(*each) for each in WAYS) if all(map(way.reads, cells))), None)
