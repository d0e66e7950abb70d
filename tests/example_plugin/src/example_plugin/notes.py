"""The source `example`: a text file with a note for each line, `2026-03-01 A-1 **** They like the new export`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from trigpoint import BadRow, Batch, Cell, InputError, SourceRequest

HEADER = ("account_id", "day", "stars", "words", "text")
NOTE = re.compile(r"(\S+) (\S+) (\*{1,5}) (.+)")
ROWS = 1_000  # of a batch


class NotesSource:
    """Reads the file at `path`; a line that is no note is a bad row."""

    name = "example"
    schema: Mapping[str, object] = {
        "type": "object",
        "required": ["path"],
        "additionalProperties": False,
        "properties": {"path": {"type": "string", "description": "the file, from the project folder on"}},
    }

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """The notes, in batches. Raises InputError if there is no such file."""
        path = request.root / str(request.settings.options["path"])
        if not path.is_file():
            raise InputError.of("EX001", f"there are no notes: {path.name} is missing", request.settings.place)
        rows: list[tuple[Cell, ...]] = []
        bad: list[BadRow] = []
        first = 1
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                found = NOTE.fullmatch(line.strip())
                if found is None:
                    bad.append(BadRow(path.name, number, "no note", line.strip()[:40]))
                    continue
                day, account, stars, text = found.groups()
                rows.append((account, day, len(stars), len(text.split()), text))
                if len(rows) == ROWS:
                    yield Batch(path.name, first, HEADER, rows, bad)
                    rows, bad, first = [], [], number + 1
        yield Batch(path.name, first, HEADER, rows, bad)
