"""Windows of metrics over the rows of a table."""

from __future__ import annotations

from trigpoint.model.table import Table
from trigpoint.model.window import Window
from trigpoint.rules.draft import Draft
from trigpoint.rules.reader import Reader
from trigpoint.rules.tables import TIMES, column


def read_window(reader: Reader, table: Table, draft: Draft) -> tuple[Window | None, str | None]:
    """The window, and the column it looks at where that is not the table's time."""
    window = reader.window("window")
    at = column(reader, "at", draft.columns_of(table), TIMES, table.name)
    if window is None:
        if at is not None:
            reader.refuse("TP130", "'at' has no meaning without 'window'", reader.setting.table["at"].key)
        return None, None
    if at is None and table.time is None:
        hint = 'name the table\'s time column, or write at = "column" here'
        reader.refuse(
            "TP132", f"a window needs a time, and table '{table.name}' has none", reader.place("window"), hint
        )
    if window.kind == "next" and table.known_row is None:
        hint = 'without it nothing about the future is known: write known = { row = "recorded_at" }'
        text = f"'next' looks into the future, and table '{table.name}' has no known.row"
        reader.refuse("TP133", text, reader.place("window"), hint)
    return window, at
