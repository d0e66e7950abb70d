"""Which column tells the rows of a table apart: by its name, or because nearly all of its values differ."""

from __future__ import annotations

from collections.abc import Sequence, Set

from attrs import evolve

from trigpoint.draft.columns import NAMES_AN_ID
from trigpoint.draft.names import singular
from trigpoint.draft.table import DraftColumn, DraftTable

NEARLY_ALL = 0.99  # of the rows of a key column differ: a key with a few doubled rows
A_FEW = 3  # doubled rows are a few in a small file too, if they are
FEW_SHARE = 0.125  # no more than this share of it
NAMED_KEYS = 3  # doubled keys that are told by name
SAME_WORD = 4  # letters that two words must begin with to be of one kind: kundennr, kunden
KEY_ENDINGS = ("_id", "_key", "email")


def with_key(table: DraftTable, others: Sequence[DraftTable]) -> DraftTable:
    """The table with its key: the column that is called like one of this table, like any, or the first column."""
    candidates = [column for column in table.columns if _tells_apart(table, column)]
    theirs = {f"{singular(other.name)}_id" for other in others}
    chosen = _called_like_a_key(table, candidates, theirs)
    if chosen is None:
        left = [each for each in candidates if NAMES_AN_ID.search(each.name) or each is table.columns[0]]
        left = [each for each in left if not _of_others(table, each, others)]
        chosen = max(left, key=lambda each: bool(NAMES_AN_ID.search(each.name)), default=None)
    if chosen is None:
        return table
    notes = (*table.notes, _doubled_note(table, chosen)) if _doubled_rows(table, chosen) else table.notes
    return evolve(table, key=chosen.name, notes=notes, doubled=_doubled_rows(table, chosen))


def _tells_apart(table: DraftTable, column: DraftColumn) -> bool:
    """Never blank, no amount and no date, and all but a few of its values are different."""
    if column.blank or not table.rows or column.guess.type not in ("text", "integer"):
        return False
    doubled = _doubled_rows(table, column)
    few = doubled <= A_FEW and doubled <= table.rows * FEW_SHARE
    return few or doubled <= table.rows * (1 - NEARLY_ALL)


def _doubled_rows(table: DraftTable, column: DraftColumn) -> int:
    return table.rows - len(column.distinct)


def _called_like_a_key(table: DraftTable, candidates: Sequence[DraftColumn], theirs: Set[str]) -> DraftColumn | None:
    one = singular(table.name)
    wanted = (f"{one}_id", "id", f"{one}_key", "uuid", one)
    for column in sorted(candidates, key=lambda each: wanted.index(each.name) if each.name in wanted else len(wanted)):
        first = column is table.columns[0] and column.name not in theirs and column.name.endswith(KEY_ENDINGS)
        if column.name in wanted or first:
            return column
    return None


def _of_others(table: DraftTable, column: DraftColumn, others: Sequence[DraftTable]) -> bool:
    """Whether another table is its home: called like it, or with a column of the same name and more values."""
    for other in others:
        if _of_one_word(column.name, other.name) and not _of_one_word(column.name, table.name):
            return True
        same = next((each for each in other.columns if each.name == column.name), None)
        if same is not None and len(same.distinct) > len(column.distinct) and _tells_apart(other, same):
            return True
    return False


def _of_one_word(column: str, table: str) -> bool:
    return len(table) >= SAME_WORD and column.startswith(table[: max(SAME_WORD, len(table) - 2)])


def _doubled_note(table: DraftTable, column: DraftColumn) -> str:
    keys, rows = column.doubled, _doubled_rows(table, column)
    if rows == 1:
        return (
            f"{column.name} would be the key but for {keys[0]}, which is there twice: "
            "the second row will be quarantined"
        )
    more = f" and {len(keys) - NAMED_KEYS:,} more" if len(keys) > NAMED_KEYS else ""
    named = ", ".join(keys[:NAMED_KEYS])
    are = "is" if len(keys) == 1 else "are"
    return (
        f"{column.name} would be the key but for {named}{more}, which {are} there more than once: "
        f"the {rows:,} later rows will be quarantined"
    )
