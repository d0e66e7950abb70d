"""The page about the store says what the store is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from trigpoint.store import Published, Store

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "store.md").read_text(encoding="utf-8")
# Rows of a table of the page: `name` | what for | `column`, `column` (explained), ...
ROWS = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (`.+) \|$", PAGE, re.MULTILINE))


def columns(store: Store, name: str) -> list[str]:
    return [str(row[1]) for row in store.rows(f'PRAGMA table_info("{name}")')]


def test_the_page_names_every_table(store: Store) -> None:
    """The tables that every store has are those of the page."""
    tables = {row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables == set(ROWS)


@pytest.mark.parametrize("table", ROWS)
def test_the_page_names_every_column(store: Store, table: str) -> None:
    """The columns of a table are those of the page, in their order."""
    assert re.findall(r"`(\w+)`", ROWS[table]) == columns(store, table)


def test_the_page_names_the_columns_of_scores(store: Store, published: Callable[..., Published]) -> None:
    """Every column of a table of scores, points aside, has its line."""
    published(dt.date(2026, 1, 1))
    section = PAGE.partition("## Scores")[2].partition("## Values")[0]
    named = {
        name for line in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", line)
    }
    assert set(columns(store, "scores_health")) - {"adoption", "seats"} == named
