"""A table as it could be declared: its columns with their names, types and values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import evolve, field, frozen

from trigpoint.draft.columns import Guess, guess_type, settle
from trigpoint.draft.names import slug, unique
from trigpoint.draft.numbers import POINT, Writing, writing_of
from trigpoint.draft.sample import Sample
from trigpoint.intake.numbers import NO_DATA
from trigpoint.language import RESERVED_NAMES

NOT_FOR_COLUMNS = RESERVED_NAMES | {"key", "label"}  # the value row has columns of these names
MOST_DOUBLED = 0.2  # of the rows: with more of them nobody asks which values are doubled


@frozen
class DraftColumn:
    """A column: its name in the rules, in the file, and what its cells look like. `doubled` are values of several rows."""

    name: str
    theirs: str
    guess: Guess
    blank: int
    distinct: frozenset[str] = field(repr=False)
    doubled: tuple[str, ...] = ()


@frozen
class DraftTable:
    """A table as it could be declared. `notes` are remarks that a person should read."""

    name: str
    path: Path
    delimiter: str
    rows: int
    complete: bool
    columns: tuple[DraftColumn, ...]
    encoding: str | None = None
    writing: Writing = POINT
    no_data: tuple[str, ...] = ()  # texts in columns of numbers and dates that mean no data
    key: str | None = None
    doubled: int = 0  # rows whose key an earlier row has
    belongs_to: Mapping[str, str] = field(factory=dict)
    time: str | None = None
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> DraftColumn:
        """The column of that name in the rules."""
        return next(column for column in self.columns if column.name == name)


def usual_writing(samples: Sequence[Sample]) -> Writing:
    """How numbers are written in most columns of all files: what one program exports is written in one way."""
    return writing_of([set(cells) - {""} - _marks(cells) for sample in samples for cells in sample.columns.values()])


def table_of(name: str, sample: Sample, usual: Writing = POINT) -> DraftTable:
    """The table of a file, without links to others; `usual` is how the numbers of other files are written."""
    ours = [slug(theirs) for theirs in sample.columns]
    ours = unique([f"{name}_column" if name in NOT_FOR_COLUMNS else name for name in ours])
    filled = [set(cells) - {""} for cells in sample.columns.values()]
    marks = [_marks(cells) for cells in filled]
    writing = writing_of([cells - marked for cells, marked in zip(filled, marks, strict=True)], usual)
    guesses = [
        _guess(our, cells, marked, writing)
        for our, cells, marked in zip(ours, sample.columns.values(), marks, strict=True)
    ]
    guesses = [settle(guess, guesses) for guess in guesses]
    columns = tuple(
        DraftColumn(our, theirs, guess, cells.count(""), frozenset(distinct), _doubled(cells, distinct))
        for our, (theirs, cells), guess, distinct in zip(ours, sample.columns.items(), guesses, filled, strict=True)
    )
    used = [marked for marked, guess in zip(marks, guesses, strict=True) if guess.type != "text"]
    return DraftTable(
        name,
        sample.path,
        sample.delimiter,
        sample.rows,
        sample.complete,
        columns,
        encoding=sample.encoding,
        writing=writing,
        no_data=tuple(sorted(set[str]().union(*used))),
    )


def with_texts(table: DraftTable, names: set[str]) -> DraftTable:
    """The table with some columns read as text: keys, and what points to them, are never numbers."""
    columns = [
        evolve(column, guess=Guess("text")) if column.name in names and column.guess.type != "text" else column
        for column in table.columns
    ]
    return evolve(table, columns=tuple(columns))


def _marks(cells: Iterable[str]) -> set[str]:
    """The texts among them that usually mean no data."""
    return {cell for cell in cells if cell.lower() in NO_DATA}


def _guess(name: str, cells: Sequence[str], marked: set[str], writing: Writing) -> Guess:
    """The type of a column; a few texts such as n/a do not keep it from being one of numbers or dates."""
    guess = guess_type(name, cells, writing)
    if guess.type != "text" or not marked:
        return guess
    without = guess_type(name, [cell for cell in cells if cell not in marked], writing)
    return without if without.type != "text" else guess


def _doubled(cells: Sequence[str], distinct: set[str]) -> tuple[str, ...]:
    if not 0 < len(cells) - len(distinct) <= len(cells) * MOST_DOUBLED:
        return ()
    return tuple(cell for cell, count in Counter(cells).items() if cell and count > 1)
