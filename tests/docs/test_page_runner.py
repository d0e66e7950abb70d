"""The runner of the documentation fails where a page is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.page_runner import PageRunner
from support.pages import agrees
from support.refill import PageWriter

PAGE = """# A page

```csv
# file: data/plans.csv
plan,price
small,10
```

```console
$ cat data/plans.csv
plan,price
...
$ cd data
$ wc -l < plans.csv; echo "exit code $?"
2
exit code 0
```
"""


def run_page(folder: Path, text: str) -> int:
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    (folder / "here").mkdir()
    return PageRunner(page, folder / "here").run()


def test_a_right_page_runs(tmp_path: Path) -> None:
    """A page whose commands print what it shows passes, and each block but text is counted."""
    assert run_page(tmp_path, PAGE + "```text\nonly shown\n```\n") == 2


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("exit code 0", "exit code 1", "but the page shows"),
        ("2\nexit", "3\nexit", "but the page shows"),
        ("cat data/plans.csv", "cat data/prices.csv", "exit code 1"),
        ("```csv", "```cvs", "a block of 'cvs'"),
        ("# file: data/plans.csv", "data/plans.csv", "which file it is"),
        ("```console\n$ cat", "```console\ncat", "begins with a command"),
        ("exit code 0\n```", "exit code 0", "not closed"),
    ],
)
def test_a_wrong_page_fails(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    """A wrong output, command, file or block is an error that shows what was wrong."""
    assert right in PAGE
    with pytest.raises(AssertionError, match=said):
        run_page(tmp_path, PAGE.replace(right, wrong))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weight = = 2", "no TOML"),
        ("[store]\npaht = 'x.db'", "paht"),
        ("[metrics.arr]\nvaleu = '1'", "TP105 unknown key 'valeu'"),
        ("[scorecards.health.measures.seats]\nmetric = 'seat'", "TP104 unknown metric 'seat'"),
    ],
)
def test_a_broken_snippet_fails(tmp_path: Path, text: str, said: str) -> None:
    """TOML that is only shown is judged like a project file, or like rules over a ready-made ruleset."""
    with pytest.raises(AssertionError, match=said):
        run_page(tmp_path, f"```toml\n{text}\n```\n")


def test_a_line_is_changed_by_its_key(tmp_path: Path) -> None:
    """A change replaces the one line with that key, and fails when there is none."""
    page = "```toml\n# file: a.toml\nx = 1\nxy = 2\n```\n```toml\n# change: a.toml\nx = 3\n```\n"
    shown = "```console\n$ cat a.toml\n# file: a.toml\nx = 3\nxy = 2\n```\n"
    assert run_page(tmp_path, page + shown) == 3
    (tmp_path / "again").mkdir()
    with pytest.raises(AssertionError, match="0 lines have the key"):
        run_page(tmp_path / "again", page.replace("x = 3", "z = 3"))


def test_queries_are_compared(tmp_path: Path) -> None:
    """A query must find rows, and those that the block below it shows."""
    page = (
        "```sql\nselect key, score from scores order by key\n```\n\n```text\nkey   score\nA     40.0\nBert  {}\n```\n"
    )
    (tmp_path / "here").mkdir()
    with closing(sqlite3.connect(tmp_path / "here" / "trigpoint.db")) as store, store:
        store.execute("create table scores (key text, score real)")
        store.execute("insert into scores values ('A', 40), ('Bert', 70)")
    (tmp_path / "page.md").write_text(page.format("70.0"), encoding="utf-8")
    assert PageRunner(tmp_path / "page.md", tmp_path / "here").run() == 1
    (tmp_path / "page.md").write_text(page.format("71.0"), encoding="utf-8")
    (tmp_path / "there").mkdir()
    (tmp_path / "here" / "trigpoint.db").rename(tmp_path / "there" / "trigpoint.db")
    with pytest.raises(AssertionError, match="but the page shows"):
        PageRunner(tmp_path / "page.md", tmp_path / "there").run()


def test_a_page_is_refilled(tmp_path: Path) -> None:
    """What a page shows is replaced by what is printed; an output with dots is left to a person."""
    (tmp_path / "page.md").write_text(
        "```console\n$ echo new; echo line\nold\n$ echo b\nb\n```\nend\n", encoding="utf-8"
    )
    (tmp_path / "here").mkdir()
    PageWriter(tmp_path / "page.md", tmp_path / "here").write()
    assert (tmp_path / "page.md").read_text() == "```console\n$ echo new; echo line\nnew\nline\n$ echo b\nb\n```\nend\n"
    (tmp_path / "page.md").write_text("```console\n$ echo new\nold...\n```\n", encoding="utf-8")
    (tmp_path / "there").mkdir()
    with pytest.raises(AssertionError, match="but the page shows"):
        PageWriter(tmp_path / "page.md", tmp_path / "there").write()


@pytest.mark.parametrize(
    ("expected", "printed", "same"),
    [
        (["a", "b"], "a\nb\n", True),
        (["a", "b"], "a\nb\nc\n", False),
        (["a", "..."], "a\nb\nc\n", True),
        (["...", "c"], "a\nb\nc\n", True),
        (["a", "...", "c"], "a\nc\n", True),
        (["a ... c"], "a b c\n", True),
        (["a ... c"], "a\nc\n", False),
        (["a.c"], "abc\n", False),
        (["a  ", ""], "\na\n \n", True),
    ],
)
def test_dots_stand_for_anything(expected: list[str], printed: str, same: bool) -> None:
    """`...` alone stands for lines, within a line for text; all else must be equal but for blanks."""
    assert agrees(tuple(expected), printed) is same
