"""The sources that ready-made rulesets want, as comments in the project file: only the owner knows where the files are."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping

from trigpoint.draft.ready_made import tables_of
from trigpoint.draft.toml_text import comment, quoted
from trigpoint.draft.words import words_of

WIDTH = 118  # of a line of comment


def sources_of(names: Collection[str], only: Collection[str] | None = None, words_from: Collection[str] = ()) -> str:
    """A source for each table of some rulesets, or for `only` these of them; nothing if there is none.

    Beside a text column stand the words that the rules look for in it, also the rules of the rulesets `words_from`.
    """
    words = words_of((*names, *words_from))
    wanted = {table: columns for table, columns in tables_of(names).items() if only is None or table in only}
    if not wanted:
        return ""
    lines = [
        "# One source for each table of the rules that you have; take the # away. For a column that your file does not have",
        "# write false in `columns`: it is blank then.",
        "",
    ]
    for table, columns in wanted.items():
        said = {name: f"{kind}{expected(words.get((table, name), ()))}" for name, kind in columns.items()}
        lines += [*_source(table, said), ""]
    return "\n".join(lines)


def expected(words: Collection[str]) -> str:
    """What is said of a column in which the rules look for words; there may be others too."""
    return f": {', '.join(map(repr, words))}, ..." if words else ""


def _source(table: str, columns: Mapping[str, str]) -> list[str]:
    listed = f"{table}: {', '.join(f'{column} ({said})' for column, said in columns.items())}"
    return [
        *map(comment, textwrap.wrap(listed, WIDTH, break_on_hyphens=False)),
        f"# [sources.{table}]",
        '# plugin = "files"',
        f"# path = {quoted(f'data/{table}.csv')}",
        f'# columns = {{ {next(iter(columns), "ours")} = "the name in your file, where it differs" }}',
    ]
