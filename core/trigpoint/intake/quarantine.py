"""Rows that were not taken in: how many, why, and where each stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from trigpoint.model.source import BadRow

MORE = "; "  # between the reasons against one row
KEPT_ROWS = 10_000  # of one source, with place and excerpt; the others are only counted


class Quarantine:
    """Counts the bad rows of one source and keeps the first of them, with what `hide` leaves of their texts."""

    def __init__(self, hide: Callable[[str], str] = str) -> None:
        self.hide = hide
        self.rows: list[BadRow] = []
        self.count = 0
        self.reasons: Counter[str] = Counter()

    def add(self, rows: Iterable[BadRow]) -> None:
        """Take in more of them."""
        for each in rows:
            row = BadRow(self.hide(each.file), each.row, self.hide(each.reason), self.hide(each.excerpt))
            self.count += 1
            self.reasons.update(row.reason.split(MORE))
            if len(self.rows) < KEPT_ROWS:
                self.rows.append(row)
            if len(self.reasons) > 100:  # reasons that hold a cell's text would grow without end
                self.reasons = Counter(dict(self.reasons.most_common(50)))

    @property
    def example(self) -> str:
        """Where the first bad row of the commonest reason stands, and what it holds of it."""
        if not self.rows:
            return ""
        commonest = self.reasons.most_common(1)[0][0]
        row = next((row for row in self.rows if commonest in row.reason.split(MORE)), self.rows[0])
        return f"{row.file} row {row.row}" + (f" ({row.excerpt})" if row.excerpt else "")
